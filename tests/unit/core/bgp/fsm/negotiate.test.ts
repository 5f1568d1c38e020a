import { describe, expect, it } from 'vitest';
import type { PeerFsmSettings } from '../../../../../src/core/bgp/fsm/fsm.ts';
import { negotiate } from '../../../../../src/core/bgp/fsm/negotiate.ts';
import type { Open, SessionCapabilities } from '../../../../../src/core/bgp/packet/message.ts';
import { CAPABILITIES, NEGOTIATED, OPEN, SETTINGS } from './fixture.ts';

function theirs(capabilities: Partial<SessionCapabilities>): Open {
  return { ...OPEN, capabilities: { ...CAPABILITIES, ...capabilities } };
}

function ours(capabilities: Partial<SessionCapabilities>): PeerFsmSettings {
  return { ...SETTINGS, local: { ...SETTINGS.local, capabilities: { ...CAPABILITIES, ...capabilities } } };
}

describe('an OPEN that is refused (RFC 4271 §6.2)', () => {
  it.each([
    ['another version', { version: 3 }, 'unsupported-version', 'version 3'],
    ['a later version', { version: 5 }, 'unsupported-version', 'only 4'],
    ['another AS than configured', { asn: 65003 }, 'bad-peer-as', 'AS 65003 came where AS 65002'],
    ['our own AS', { asn: 65000 }, 'bad-peer-as', 'AS 65000'],
    ['the router id 0.0.0.0', { routerId: '0.0.0.0' }, 'bad-bgp-identifier', '0.0.0.0'],
    ['a router id that is no dotted quad', { routerId: 'router' }, 'bad-bgp-identifier', 'dotted quad'],
    ['a hold time of 1 s', { holdTimeSeconds: 1 }, 'unacceptable-hold-time', '1 s'],
    ['a hold time of 2 s', { holdTimeSeconds: 2 }, 'unacceptable-hold-time', '2 s'],
    ['a hold time of 0 s where ours is not', { holdTimeSeconds: 0 }, 'unacceptable-hold-time', '0 s'],
    ['no family in common', theirs({ families: [] }), 'unsupported-capability', 'family'],
  ] as const)('brings %s', (_, change, notification, reason) => {
    const refusal = negotiate({ ...OPEN, ...change }, SETTINGS);
    expect(refusal).toMatchObject({ ok: false, notification, reason: expect.stringContaining(reason) as string });
  });

  it('brings our own router id inside our AS (RFC 6286 §2.2)', () => {
    const open = { ...OPEN, asn: 65000, routerId: '10.0.0.1' };
    expect(negotiate(open, { ...SETTINGS, peerAsn: 65000 })).toMatchObject({
      ok: false,
      notification: 'bad-bgp-identifier',
      reason: '10.0.0.1 is our own router id',
    });
  });

  it('is judged by its version before anything else', () => {
    const open = { ...OPEN, version: 9, asn: 1, routerId: '0.0.0.0', holdTimeSeconds: 1 };
    expect(negotiate(open, SETTINGS)).toMatchObject({ notification: 'unsupported-version' });
  });
});

describe('an OPEN that is accepted', () => {
  it('may come from inside our AS with another router id', () => {
    expect(negotiate({ ...OPEN, asn: 65000 }, { ...SETTINGS, peerAsn: 65000 })).toMatchObject({ ok: true });
  });

  it('may bring our router id from another AS (RFC 6286 §2.1)', () => {
    expect(negotiate({ ...OPEN, routerId: '10.0.0.1' }, SETTINGS)).toMatchObject({ ok: true });
  });

  it.each([
    // ours, theirs, agreed
    [90, 60, 60],
    [60, 90, 60],
    [90, 3, 3],
    [0, 90, 0],
    [0, 0, 0],
    [90, 65_535, 90],
  ])('agrees for %i s and %i s on a hold time of %i s (RFC 4271 §4.2)', (own, peer, agreed) => {
    const settings = { ...SETTINGS, local: { ...SETTINGS.local, holdTimeSeconds: own } };
    expect(negotiate({ ...OPEN, holdTimeSeconds: peer }, settings)).toMatchObject({
      negotiated: { holdTimeSeconds: agreed },
    });
  });

  it('agrees on everything that both sides have (RFC 5492 §4)', () => {
    expect(negotiate(OPEN, SETTINGS)).toEqual({ ok: true, negotiated: NEGOTIATED });
  });

  it.each([
    ['families in the order of announcement', { families: ['capability', 'agent'] }, {}, {}],
    ['one family', { families: ['capability'] }, {}, { families: ['capability'] }],
    ['one family of ours', {}, { families: ['agent'] }, { families: ['agent'] }],
    ['no route refresh', { routeRefresh: false }, {}, { routeRefresh: false }],
    ['no route refresh of ours', {}, { routeRefresh: false }, { routeRefresh: false }],
    ['no proofs', { proofs: false }, {}, { proofs: false }],
    ['no proofs of ours', {}, { proofs: false }, { proofs: false }],
    ['another order of decision', { decision: 'seeds/always' }, {}, { sameDecision: false }],
  ] as const)('agrees on %s', (_, peer, own, expected) => {
    expect(negotiate(theirs(peer), ours(own))).toEqual({ ok: true, negotiated: { ...NEGOTIATED, ...expected } });
  });

  it.each(['peer', 'own'] as const)(
    'has no graceful restart when the %s side does not say it (RFC 4724 §4)',
    (side) => {
      const { gracefulRestart: _, ...without } = CAPABILITIES;
      const { gracefulRestart: __, ...expected } = NEGOTIATED;
      const open = side === 'peer' ? { ...OPEN, capabilities: without } : OPEN;
      const local = side === 'own' ? { ...SETTINGS.local, capabilities: without } : SETTINGS.local;
      expect(negotiate(open, { ...SETTINGS, local })).toEqual({ ok: true, negotiated: expected });
    },
  );

  it.each([
    // ours, theirs, agreed
    [120, 7, 7],
    [120, 4_095, 120],
    [120, 0, 0],
    [1, 1, 1],
  ])('keeps routes for %i s and %i s for %i s (RFC 4724 §3)', (own, peer, agreed) => {
    const [ofOurs, ofTheirs] = [own, peer].map((restartTimeSeconds) => ({
      gracefulRestart: { restartTimeSeconds, restarted: false, preserved: true },
    }));
    expect(negotiate(theirs(ofTheirs!), ours(ofOurs!))).toMatchObject({
      negotiated: { gracefulRestart: { restartTimeSeconds: agreed } },
    });
  });

  it('takes from the peer whether it restarted and what it preserved, whatever we say of ourselves', () => {
    const gracefulRestart = { restartTimeSeconds: 7, restarted: true, preserved: false };
    expect(negotiate(theirs({ gracefulRestart }), SETTINGS)).toMatchObject({ negotiated: { gracefulRestart } });
  });
});
