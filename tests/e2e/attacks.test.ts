import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { drawLife } from '../../src/control-plane/speaker/draw-life.ts';
import type { Session } from '../../src/control-plane/peering/authenticated-session.ts';
import { credentials } from '../../src/control-plane/peering/sessions.ts';
import { startMastra, type RunningMastra } from '../servers/mastra-server.ts';
import { introduce, NotIntroduced, postHello, RawPeer, type RawPeerOptions } from '../servers/raw-peer.ts';
import { freePort } from '../servers/free-port.ts';
import { hasSaid, logged, reaches, said, startTestRouter, type TestRouter } from './test-router.ts';
import { until } from './program.ts';

const MAX_ROUTES = 1_000;
const A: RawPeerOptions = { asn: 65_102, key: 'key of 65102' };
const B: RawPeerOptions = { asn: 65_103, key: 'key of 65103' };

let home: string;
let mastra: RunningMastra;
let router: TestRouter;
const peers: RawPeer[] = [];

beforeAll(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'attacks-'));
  mastra = await startMastra({ agents: [{ id: 'weather' }] });
  const port = await freePort();
  const file = path.join(home, 'router.json');
  const configured = [A, B].map(({ asn, key }) => ({ asn, key, url: 'http://127.0.0.1:9', passive: true }));
  writeFileSync(file, JSON.stringify({ peers: configured.map((peer) => ({ ...peer, maxRoutes: MAX_ROUTES })) }));
  const env = { AGENT_PROXY_CONFIG: file, HOME: home, XDG_RUNTIME_DIR: home };
  router = await startTestRouter({ asn: 65_101, port, servers: mastra.url, env });
  await reaches(router, 'weather');
});

afterEach(async () => {
  await Promise.all(peers.splice(0).map((peer) => peer.close()));
  await until(async () => (await shown('/bgp/peers')).every(({ status }) => status !== 'established'));
  await until(async () => (await shown('/bgp/routes?rib=in')).length === 0);
});

afterAll(async () => {
  await router.stop();
  await mastra.stop();
  rmSync(home, { recursive: true });
});

/** A peer whose session is up. */
async function up(options: RawPeerOptions): Promise<RawPeer> {
  const peer = await RawPeer.dial(router.url, options);
  peers.push(peer);
  await until(() => peer.heard.some(({ type }) => type === 'keepalive'));
  return peer;
}

async function shown(where: string): Promise<Record<string, unknown>[]> {
  return (await (await fetch(router.url + where)).json()) as Record<string, unknown>[];
}

/** The agents that the router would call, by the peer that it learned them from. */
async function chosen(): Promise<Record<string, unknown>> {
  const routes = await shown('/bgp/routes?family=agent');
  return Object.fromEntries(routes.map(({ agentId, source }) => [String(agentId), source]));
}

const generate = (headers: Record<string, string>) =>
  fetch(`${router.url}/api/agents/weather/generate`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ messages: [{ role: 'user', content: 'hi' }] }),
  });

const refusals = () => said(router, 'request-refused').length;

describe('what a peer has said cannot be said again by another one', () => {
  it('a proof that was used, or belongs to another hello, opens no session', async () => {
    const { hello, proof } = await introduce(router.url, A);
    await expect(postHello(router.url, proof)).rejects.toMatchObject({ status: 403 });
    const again = (await postHello(router.url, hello)) as { session: string };
    await expect(postHello(router.url, { ...proof, session: again.session })).rejects.toMatchObject({
      status: 403,
      body: JSON.stringify({ type: 'notification', code: 6, subcode: 5 }),
    });
    await logged(router, 'a proof did not match a pending challenge');
    await logged(router, 'AS 65102 does not know the key');
  });

  it('a member that knows its own key does not become another AS', async () => {
    await expect(introduce(router.url, { ...A, key: B.key ?? '' })).rejects.toThrow(NotIntroduced);
    await expect(introduce(router.url, { ...B, key: A.key ?? '' })).rejects.toThrow(NotIntroduced);
  });
});

describe('a token', () => {
  it('serves once', async () => {
    const { session } = await up(A);
    const token = await credentials(session);
    expect((await generate(token)).status).toBe(200);
    const before = refusals();
    expect((await generate(token)).status).toBe(401);
    await until(() => refusals() === before + 1);
    expect((await generate(await credentials(session))).status).toBe(200);
  });

  it.each<[string, (session: Session, other: Session) => Session]>([
    ['another audience', (session) => ({ ...session, remote: { asn: 65_109, routerId: '10.0.0.9' } })],
    ['another issuer', (session, other) => ({ ...session, local: other.local })],
    ['the session of another peer', (session, other) => ({ ...session, id: other.id })],
    ['the same session, by the key of another one', (session, other) => ({ ...session, tokenKey: other.tokenKey })],
  ])('of %s is refused', async (_, forge) => {
    const [{ session }, other] = [await up(A), await up(B)];
    const before = refusals();
    expect((await generate(await credentials(forge(session, other.session)))).status).toBe(401);
    await until(() => refusals() === before + 1);
  });

  it('ends with its session, however young it is', async () => {
    const peer = await up(A);
    const token = await credentials(peer.session);
    await peer.close();
    await until(async () => (await shown('/bgp/peers')).every(({ status }) => status !== 'established'));
    expect((await generate(token)).status).toBe(401);
  });
});

describe('a proof of end', () => {
  it('ends what it was made for, and nothing when it is said again or invented', async () => {
    const [owner, other] = [await up(A), await up(B)];
    const attributes = (asn: number) => ({ asPath: [asn], originTime: 1 });
    const reach = (asn: number, life?: string) => ({
      type: 'update',
      attributes: attributes(asn),
      reach: [{ nlri: 'ledger', ...(life !== undefined && { life }) }],
    });
    const [first, second] = [drawLife('ledger'), drawLife('ledger')];
    owner.say(reach(65_102, first.life));
    await until(async () => (await chosen())['ledger'] === 'as65102');

    const invented = ['ledger', 'weather'].map((nlri) => ({ nlri, secret: drawLife(nlri).secret, life: first.life }));
    const misplaced = { nlri: 'weather', secret: first.secret };
    other.say({ type: 'update', proofs: [...invented, misplaced] });
    other.announce(['marker']);
    await until(async () => 'marker' in (await chosen()));
    expect(await chosen()).toEqual({ weather: 'server0', ledger: 'as65102', marker: 'as65103' });

    owner.say({ type: 'update', withdrawn: ['ledger'], proofs: [{ nlri: 'ledger', secret: first.secret }] });
    await until(async () => !('ledger' in (await chosen())));
    await until(() => JSON.stringify(other.heard).includes(first.secret));
    owner.say(reach(65_102, second.life));
    await until(async () => (await chosen())['ledger'] === 'as65102');

    // What the other one has just heard is a valid proof, but of a life that is over.
    other.say({ type: 'update', withdrawn: ['ledger'], proofs: [{ nlri: 'ledger', secret: first.secret }] });
    other.say(reach(65_103, first.life));
    await until(async () => (await shown('/bgp/routes?rib=in&peer=as65103')).length === 2);
    expect((await chosen())['ledger']).toBe('as65102');
    const heard = await shown('/bgp/routes?rib=in&peer=as65103');
    expect(heard).toContainEqual(expect.objectContaining({ agentId: 'ledger', ineligible: { type: 'life-ended' } }));
  });
});

describe('an AS number that a server here has', () => {
  it('names that server, whoever else takes the number', async () => {
    const peer = await up(A);
    const isConflict = async () => JSON.stringify(await shown('/bgp/status')).includes('AS 65001 is used by server0');
    expect(await isConflict()).toBe(false);
    peer.announce(['weather', 'ledger'], { asPath: [65_102, 65_001], localPref: 900 });
    await until(async () => 'ledger' in (await chosen()));
    const call = { messages: [{ role: 'user', content: 'hi' }] };
    const reply = await router.call('agent-proxy', { ...call, targetAgentId: 'as65001:weather' });
    expect(reply).toMatchObject({ serverUsed: mastra.url });
    const failure = await router.failure('agent-proxy', { ...call, targetAgentId: 'as65001:ledger' });
    expect(failure).toMatchObject({ code: 'AGENT_NOT_FOUND' });
    await until(isConflict);
  });
});

describe('a hundred thousand routes over a limit of a thousand', () => {
  const residentMb = () =>
    Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${router.pid}/status`, 'utf8'))?.[1]) / 1_024;

  it('cost the router neither its memory nor its other peers, and the peer what it is owed alone', async () => {
    const [flooder, other] = [await up(A), await up(B)];
    other.announce(['ledger']);
    const before = residentMb();
    for (let update = 0; update < 1_000; update += 1) {
      // Attribute sets are shared where they are equal: these are not.
      const communities = [`flood-${update}`.padEnd(120, '-')];
      flooder.announce(
        Array.from({ length: 100 }, (_, at) => `flood-${update}-${at}`),
        { communities },
      );
    }
    flooder.say({ type: 'update', withdrawn: ['flood-0-0'] });
    flooder.announce(['last']);
    await until(async () => 'last' in (await chosen()));
    expect(residentMb() - before).toBeLessThan(100);
    expect(await shown('/bgp/routes?rib=in&peer=as65102')).toHaveLength(MAX_ROUTES);
    expect(await hasSaid(router, 'max-routes-reached')).toMatchObject([{ peer: 'as65102', maxRoutes: MAX_ROUTES }]);
    expect(await chosen()).toMatchObject({ weather: 'server0', ledger: 'as65103' });
    expect((await generate(await credentials(other.session))).status).toBe(200);
  });
});

describe('ten thousand connections', () => {
  const open = (says: string): Promise<Socket> => {
    const socket = connect(Number(new URL(router.url).port), '127.0.0.1');
    socket.on('error', () => undefined).resume();
    socket.write(says);
    return new Promise((resolve) => {
      socket.once('connect', () => {
        resolve(socket);
      });
      socket.once('close', () => {
        resolve(socket);
      });
    });
  };

  it.each([
    ['say nothing', ''],
    ['never end their headers', 'GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\nx-slow: '],
    ['never end their body', 'POST /bgp/hello HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 100\r\n\r\n{'],
  ])('that %s leave sessions, calls and newcomers alone, and are not kept', async (_, says) => {
    const peer = await up(A);
    peer.announce(['ledger']);
    await until(async () => 'ledger' in (await chosen()));
    const sockets: Socket[] = [];
    const answers: number[] = [];
    // In batches, because the system itself keeps back what comes faster than it is accepted.
    while (sockets.length < 10_000) {
      sockets.push(...(await Promise.all(Array.from({ length: 500 }, () => open(says)))));
      answers.push((await generate({ ...(await credentials(peer.session)), connection: 'close' })).status);
    }
    expect(answers).toEqual(answers.map(() => 200));
    await until(() => sockets.filter(({ destroyed }) => !destroyed).length <= 1_000);
    expect((await chosen())['ledger']).toBe('as65102');
    for (const socket of sockets) socket.destroy();
  });
});
