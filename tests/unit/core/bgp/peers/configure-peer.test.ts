import { beforeEach, describe, expect, it } from 'vitest';
import { peerSettings } from '../support/network.ts';
import { policyOf, Router } from '../support/router.ts';

describe('a change to a peer (RFC 4271 §8.1.2)', () => {
  let router: Router;

  beforeEach(() => {
    router = new Router();
    router.up('a', 65010);
    router.up('b', 65020);
    router.announce('a', ['payroll', 'weather']);
    router.messages('a');
    router.messages('b');
  });

  it('of its import policy is applied to what it said before; others are told only what changed', () => {
    const policy = policyOf({ import: [{ match: { agentPrefixes: ['pay*'] }, action: 'reject' }] });
    router.configure('a', 65010, { policy });
    expect(router.messages('a')).toEqual([]);
    expect(router.told('b')).toMatchObject([{ withdrawn: ['payroll'], reach: [] }]);
    router.configure('a', 65010, {});
    expect(router.told('b')).toMatchObject([{ withdrawn: [], reach: [{ nlri: 'payroll' }] }]);
  });

  it('of its export policy is told to it alone, and only what changed', () => {
    const policy = policyOf({ export: [{ match: { agentPrefixes: ['pay*'] }, action: 'reject' }] });
    router.configure('b', 65020, { policy });
    expect(router.told('b')).toMatchObject([{ withdrawn: ['payroll'], reach: [] }]);
    router.configure('b', 65020, {});
    expect(router.told('b')).toMatchObject([{ withdrawn: [], reach: [{ nlri: 'payroll' }] }]);
    expect(router.messages('a')).toEqual([]);
  });

  it('of what it may send is applied to what it said before', () => {
    router.configure('a', 65010, { allowAgents: ['weather'], allowOrigins: [65010] });
    expect(router.best('payroll')).toBeUndefined();
    expect(router.best('weather')).toBeDefined();
    expect(router.peer('a').session).toBeDefined();
  });

  it('of its hold time is for the next OPEN', () => {
    router.configure('a', 65010, { holdTimeSeconds: 30 });
    expect(router.messages('a')).toEqual([]);
    expect(router.peer('a').session).toMatchObject({ negotiated: { holdTimeSeconds: 90 } });
    router.input('a', { type: 'TransportFailed' });
    router.input('a', { type: 'TransportAccepted' });
    expect(router.messages('a')).toMatchObject([{ type: 'open', holdTimeSeconds: 30 }]);
  });

  it('that changes nothing tells nobody anything', () => {
    router.configure('b', 65020, {});
    expect(router.messages('b')).toEqual([]);
  });

  it.each([[{ url: 'http://elsewhere' }], [{ maxRoutes: 1 }], [{ nextHop: 'unchanged' as const }], [{ client: true }]])(
    'of %j begins a new session (RFC 4486 §3)',
    (change) => {
      router.configure('a', 65010, change);
      expect(router.messages('a')).toMatchObject([{ type: 'notification', code: 6, subcode: 6 }]);
      expect(router.peer('a').session).toBeUndefined();
      expect(router.speaker.locRib.size).toBe(0);
    },
  );

  it('that removes it says so and forgets all (RFC 4486 §3)', () => {
    router.event({ type: 'PeerRemoved', peer: 'a' });
    expect(router.messages('a')).toMatchObject([{ type: 'notification', code: 6, subcode: 3 }]);
    expect(router.speaker.locRib.size).toBe(0);
    expect(router.speaker.peers.has('a')).toBe(false);
    router.event({ type: 'PeerRemoved', peer: 'a' });
    for (const { timer } of router.timers.values()) expect(timer).not.toMatchObject({ peer: 'a' });
  });
});

describe('events of a peer that is gone', () => {
  it('change nothing', () => {
    const router = new Router();
    router.input('a', { type: 'TransportAccepted' });
    const timers = [
      { kind: 'advertise', peer: 'a' },
      { kind: 'stale', peer: 'a' },
      { kind: 'session', peer: 'a', connection: 'inbound', timer: 'hold' },
    ] as const;
    for (const timer of timers) router.event({ type: 'TimerExpired', timer, jitter: 0 });
    expect(router.effects).toEqual([]);
  });
});

describe('a peer without a session', () => {
  it('is told nothing, whatever changes for it', () => {
    const router = new Router();
    router.originate('weather');
    router.configure('a', 65010);
    router.effects.length = 0;
    router.configure('a', 65010, { allowAgents: ['x'] });
    router.event({ type: 'PolicyReplaced', policy: policyOf({ export: [{ action: 'reject' }] }) });
    router.event({ type: 'TimerExpired', timer: { kind: 'advertise', peer: 'a' }, jitter: 0 });
    router.event({ type: 'RestartCompleted' });
    expect(router.effects).toEqual([]);
    expect(router.peer('a').pending.size).toBe(0);
  });

  it('is refused where it is to be dialled, until it is started', () => {
    const router = new Router();
    router.configure('a', 65010);
    const input = { type: 'TransportAccepted' } as const;
    router.event({ type: 'Session', peer: 'a', connection: 'outbound', input, jitter: 0 });
    expect(router.effects).toEqual([{ type: 'Refuse', peer: 'a', connection: 'outbound' }]);
  });
});

describe('a new peer', () => {
  it('is dialled unless it is to dial us (RFC 4271 §8.1.1)', () => {
    const router = new Router();
    router.event({ type: 'PeerConfigured', peer: peerSettings('a', 65010), jitter: 0 });
    router.configure('b', 65020);
    expect(router.effects.filter(({ type }) => type === 'Dial')).toEqual([{ type: 'Dial', peer: 'a' }]);
  });
});
