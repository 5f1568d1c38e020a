import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Event } from '../../../../src/core/bgp/state/event.ts';
import { VERSION, type Message, type Open } from '../../../../src/core/bgp/packet/message.ts';
import { FAMILIES } from '../../../../src/core/bgp/packet/nlri.ts';
import { ACCEPT_ALL } from '../../../../src/core/bgp/policy/policy.ts';
import { createSpeaker, decisionOf } from '../../../../src/core/bgp/state/state.ts';
import { Driver } from '../../../../src/control-plane/speaker/driver.ts';
import { drawLife } from '../../../../src/control-plane/speaker/draw-life.ts';
import { RefusedByPeer } from '../../../../src/control-plane/speaker/refused-by-peer.ts';
import type { LogEvent } from '../../../../src/base/telemetry/log-event.ts';
import { peerSettings, stubOf } from '../../core/bgp/support/network.ts';
import { FakeLink } from './fake-link.ts';

const REMOTE = { asn: 65_102, routerId: '10.0.0.2' };
const OPEN: Open = {
  type: 'open',
  version: VERSION,
  ...REMOTE,
  holdTimeSeconds: 90,
  capabilities: { families: [...FAMILIES], routeRefresh: true, proofs: true, decision: decisionOf(ACCEPT_ALL) },
};
const KEEPALIVE: Message = { type: 'keepalive' };
const UP = [OPEN, KEEPALIVE];

let dialled: {
  readonly link: (link: FakeLink) => void;
  readonly fail: (reason: unknown) => void;
  signal: AbortSignal;
}[];
let ended: FakeLink[];
let afterEnd: Event[];
let observed: Event[];
let logged: LogEvent[];
let driver: Driver<FakeLink>;
let clock: number;

beforeEach(() => {
  // Time stands still unless a test moves it. A turn of the event loop therefore uses up its share only when a test
  // says so.
  clock = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => clock);
  [dialled, ended, afterEnd, observed, logged] = [[], [], [], [], []];
  driver = new Driver<FakeLink>({
    speaker: createSpeaker({
      asn: 65_101,
      routerId: '10.0.0.1',
      clusterId: '10.0.0.1',
      policy: ACCEPT_ALL,
      aggregates: [],
      maxPaths: 1,
      medTolerance: 0,
    }),
    dial: (_peer, signal) =>
      new Promise((resolve, reject) => {
        dialled.push({ link: resolve, fail: reject, signal });
      }),
    ended: (link) => {
      ended.push(link);
      return afterEnd;
    },
    observe: (event) => observed.push(event),
    log: (event) => logged.push(event),
  });
});

afterEach(async () => {
  await driver.stop();
  vi.restoreAllMocks();
});

const meet = (passive: boolean) => {
  driver.raise({ type: 'PeerConfigured', peer: peerSettings('b', REMOTE.asn, { passive }), jitter: 0 });
};

const originate = (agent: string, med: number) => {
  const found = {
    agent,
    label: { name: agent, description: '' },
    capabilities: [],
    communities: [],
    med,
    originTime: 1,
  };
  driver.raise({ type: 'RoutesOriginated', stub: stubOf(), agents: [found], draws: [drawLife(agent)] });
};

/** The session with a peer that has dialled us. */
function established(): FakeLink {
  meet(true);
  const link = new FakeLink(REMOTE);
  expect(driver.accept('b', link)).toBe(true);
  for (const message of UP) link.say(message);
  expect(driver.linkOf('b')).toBe(link);
  return link;
}

/** Lets timers that are due at the end of this turn expire. */
async function settled(): Promise<void> {
  for (let turns = 0; turns < 5; turns += 1) await turn();
}

describe('a peer that is dialled', () => {
  it('gets an OPEN over the link, and its answer establishes the session (RFC 4271 §8.2.2)', async () => {
    meet(false);
    const link = new FakeLink(REMOTE);
    dialled[0]?.link(link);
    await settled();
    expect(link.said).toEqual(['open']);
    for (const message of UP) link.say(message);
    await settled();
    expect(driver.linkOf('b')).toBe(link);
    expect(logged).toContainEqual(expect.objectContaining({ event: 'session-up', peer: 'b' }));
    expect(driver.traffic.of('b').received).toMatchObject({ open: 1, keepalive: 1 });
    expect(driver.traffic.of('b').sent).toMatchObject({ open: 1 });
  });

  it.each([
    [new Error('no route'), false],
    [new RefusedByPeer('it rejects this router'), true],
  ])('is recorded as away after %s', async (reason, isRefused) => {
    meet(false);
    dialled[0]?.fail(reason);
    await settled();
    expect(driver.traffic.of('b')).toMatchObject({ dialError: reason.message, isRefused });
    expect(logged).toContainEqual({ event: 'dial-failed', peer: 'b', error: reason.message });
  });

  it('is no longer dialled when the driver stops, and a link that opens too late is closed', async () => {
    meet(false);
    await driver.stop();
    expect(dialled[0]?.signal.aborted).toBe(true);
    const late = new FakeLink(REMOTE);
    dialled[0]?.link(late);
    await settled();
    expect([late.isClosed, ended]).toEqual([true, [late]]);
    expect(observed.some(({ type }) => type === 'Session')).toBe(false);
  });
});

describe('a link that a peer has dialled', () => {
  it('is closed if the peer is not configured', async () => {
    const link = new FakeLink(REMOTE);
    expect(driver.accept('b', link)).toBe(false);
    await settled();
    expect([link.isClosed, ended]).toEqual([true, [link]]);
  });

  it('replaces an earlier one and ends its session', async () => {
    const [earlier, later] = [established(), new FakeLink(REMOTE)];
    expect(driver.accept('b', later)).toBe(true);
    await settled();
    expect([earlier.isClosed, later.isClosed]).toEqual([true, false]);
    expect(driver.linkOf('b')).toBeUndefined();
    expect(logged).toContainEqual({ event: 'session-down', peer: 'b', cause: 'transport-failed' });
  });

  it('is rejected if its OPEN names another router than the introduction (RFC 4271 §6.2)', () => {
    meet(true);
    const link = new FakeLink(REMOTE);
    driver.accept('b', link);
    const done = vi.fn();
    link.say({ ...OPEN, routerId: '10.0.0.3' }, done);
    expect(link.sent.at(-1)).toMatchObject({ type: 'notification', code: 2, subcode: 3 });
    expect(done).toHaveBeenCalledWith(link.sent.at(-1));
    expect(link.isClosed).toBe(true);
  });
});

describe('a message', () => {
  it('is processed without an error if the session goes on', () => {
    const done = vi.fn();
    established().say(KEEPALIVE, done);
    expect(done).toHaveBeenCalledExactlyOnceWith(undefined);
  });

  it('that is malformed ends the session, and its sender gets the NOTIFICATION (RFC 4271 §6.1)', () => {
    const link = established();
    const done = vi.fn();
    link.deliver(() => ({ ok: false, notification: 'bad-message-type', reason: 'unknown' }), done);
    expect(done).toHaveBeenCalledWith(expect.objectContaining({ type: 'notification', code: 1, subcode: 3 }));
    expect([driver.linkOf('b'), link.isClosed]).toEqual([undefined, true]);
  });

  it('is not decoded after its link has closed', () => {
    const link = established();
    const decode = vi.fn();
    const done = vi.fn();
    driver.raise({ type: 'PeerRemoved', peer: 'b' });
    link.deliver(decode, done);
    expect(decode).not.toHaveBeenCalled();
    expect(done).toHaveBeenCalledTimes(1);
  });

  it('waits for the next turn when the time of this one is used up, so that other work runs in between', async () => {
    const link = established();
    const decoded: number[] = [];
    for (const at of [1, 2]) {
      link.deliver(() => {
        decoded.push(at);
        clock += 100;
        return { ok: true, message: KEEPALIVE, malformed: [], dropped: 0 };
      });
    }
    expect(decoded).toEqual([1]);
    expect(link.isPaused).toBe(true);
    await settled();
    expect(decoded).toEqual([1, 2]);
    expect(link.isPaused).toBe(false);
  });
});

describe('a session', () => {
  it('ends when its link is lost, after all earlier messages', async () => {
    const link = established();
    link.lose();
    await settled();
    expect([driver.linkOf('b'), link.isClosed, ended]).toEqual([undefined, true, [link]]);
    expect(observed.at(-1)).toMatchObject({ type: 'Session', input: { type: 'TransportFailed' } });
  });

  it('raises the events that follow from its end', async () => {
    const link = established();
    afterEnd.push({ type: 'PeerRemoved', peer: 'b' });
    link.lose();
    await settled();
    expect(driver.speaker.peers.has('b')).toBe(false);
  });

  it('sends no new routes to a peer that does not read, and later the newest state once (RFC 4271 §9.2.1.1)', async () => {
    const link = established();
    await settled();
    const updates = () => link.sent.filter(({ type }) => type === 'update').length;
    const before = updates();
    link.backlog = 2 * 1024 * 1024;
    for (const med of [1, 2, 3]) {
      originate('weather', med);
      await settled();
    }
    expect(updates()).toBe(before);
    link.drain();
    await settled();
    expect(updates()).toBe(before + 1);
    expect(link.sent.at(-1)).toMatchObject({ attributes: { med: 3 }, reach: [{ nlri: 'weather' }] });
  });

  it('ends with the driver, which waits for its last messages', async () => {
    const link = established();
    let leave = (): void => undefined;
    link.close = () =>
      new Promise<void>((resolve) => {
        leave = resolve;
      });
    let isStopped = false;
    const stopped = driver.stop().then(() => {
      isStopped = true;
    });
    await settled();
    expect(isStopped).toBe(false);
    leave();
    await stopped;
    expect(ended).toEqual([link]);
  });
});

it('processes events one after the other, including those that other events raise', () => {
  const order: string[] = [];
  const observe = vi.fn((event: Event) => {
    order.push(event.type);
    if (order.length === 1) {
      driver.raise({ type: 'PeerRemoved', peer: 'b' });
      order.push('raised');
    }
  });
  driver = new Driver<FakeLink>({
    speaker: driver.speaker,
    dial: () => new Promise(() => undefined),
    ended: () => [],
    observe,
    log: () => undefined,
  });
  meet(true);
  expect(order).toEqual(['PeerConfigured', 'raised', 'PeerRemoved']);
});
