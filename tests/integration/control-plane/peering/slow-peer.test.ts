import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RawPeer } from '../../../servers/raw-peer.ts';
import { freePort } from '../../../servers/free-port.ts';
import { InProcessRouter } from './in-process-router.ts';

/** Few routes with long texts, because the time of the test grows with the routes. */
const ROUTES = 7_000;
const DESCRIPTION = '-'.repeat(1_024);
const ROUNDS = 8;

/** Twice the backlog of a slow peer. The whole table takes twice as much. */
const MOST_BYTES = 2.5 * 1024 * 1024;

const agents = Array.from({ length: ROUTES }, (_, index) => `agent${index}`);
const [first = ''] = agents;

let router: InProcessRouter;
let peer: RawPeer;

beforeEach(async () => {
  router = new InProcessRouter({ asn: 65_101, port: await freePort(), peers: [{ asn: 65_102 }] });
  await router.start();
});

afterEach(async () => {
  await peer.close();
  await router.stop();
});

const until = (condition: () => boolean) => vi.waitUntil(condition, { timeout: 20_000, interval: 20 });

/** Backlog of the link to the peer, in bytes. */
const backlog = () => router.peering.driver.linkOf('as65102')?.backlog ?? 0;

/** Resolves when the router has nothing more to send at the moment. */
async function settled(): Promise<void> {
  const said = () => router.peering.driver.traffic.of('as65102').sent.update;
  for (let before = -1; before !== said();) {
    before = said();
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }
}

/** How often the peer got a route to each agent, and in which round the last one. */
function rounds(): { readonly times: Map<string, number>; readonly last: Map<string, string> } {
  const [times, last] = [new Map<string, number>(), new Map<string, string>()];
  for (const message of peer.heard) {
    if (message.type !== 'update') continue;
    for (const { nlri } of message.reach ?? []) {
      times.set(nlri, (times.get(nlri) ?? 0) + 1);
      last.set(nlri, message.attributes?.communities?.[0] ?? '');
    }
    for (const nlri of message.withdrawn ?? []) last.delete(nlri);
  }
  return { times, last };
}

const ends = () => peer.heard.filter((message) => message.type === 'update' && message.endOfRib !== undefined).length;

describe('a peer that stops reading', () => {
  it('has no growing queue, and gets the newest state of every route when it reads again', async () => {
    router.originateWith(['round-0'], agents, DESCRIPTION);
    peer = await RawPeer.dial(router.url, { asn: 65_102 });
    await until(() => ends() === 2);
    peer.socket.pause();
    let most = 0;
    for (let round = 1; round <= ROUNDS; round += 1) {
      router.originateWith([`round-${round}`], agents, DESCRIPTION);
      await settled();
      most = Math.max(most, backlog());
    }
    router.end(first);
    expect(most).toBeGreaterThan(1024 * 1024);
    expect(most).toBeLessThan(MOST_BYTES);
    peer.socket.resume();
    const newest = () => [...rounds().last.values()].filter((round) => round === `round-${ROUNDS}`).length;
    await until(() => newest() === ROUTES - 1);
    const { times, last } = rounds();
    expect([last.size, last.has(first)]).toEqual([ROUTES - 1, false]);
    expect(Math.max(...times.values())).toBeLessThan(ROUNDS);
  }, 60_000);

  it('is not sent a whole table at once, and gets End-of-RIB last (RFC 4724 §2)', async () => {
    router.originateWith(['round-0'], agents, DESCRIPTION);
    peer = await RawPeer.dial(router.url, { asn: 65_102 });
    // The first message is the OPEN of the router. The answer establishes the session.
    await once(peer.socket, 'message');
    peer.socket.pause();
    await until(() => backlog() > 1024 * 1024);
    await settled();
    expect(backlog()).toBeLessThan(MOST_BYTES);
    expect(ends()).toBe(0);
    peer.socket.resume();
    await until(() => ends() === 2);
    expect(rounds().last.size).toBe(ROUTES);
    expect(peer.heard.at(-1)).toMatchObject({ type: 'update', endOfRib: 'capability' });
  }, 60_000);
});
