import { describe, expect, it } from 'vitest';
import { collisionLoser } from '../../../../../src/core/bgp/fsm/collision.ts';
import type { Fsm } from '../../../../../src/core/bgp/fsm/fsm.ts';
import { NEGOTIATED, OPEN, SETTINGS, STATES, type StateName } from './fixture.ts';

const { gracefulRestart: _, ...plain } = NEGOTIATED;
const ESTABLISHED_PLAIN: Fsm = { ...STATES.established, negotiated: plain };

describe('two connections to one peer (RFC 4271 §6.8)', () => {
  it.each([
    // our router id, theirs, who loses
    ['10.0.0.1', '10.0.0.2', 'outbound'],
    ['10.0.0.2', '10.0.0.1', 'inbound'],
    ['9.255.255.255', '10.0.0.0', 'outbound'],
    ['200.0.0.1', '100.0.0.1', 'inbound'],
    ['1.0.0.200', '1.0.0.30', 'inbound'],
  ] as const)('keeps what the higher router id dialled: %s against %s drops the %s one', (own, peer, loser) => {
    const settings = { ...SETTINGS, local: { ...SETTINGS.local, routerId: own } };
    expect(collisionLoser('outbound', peer, STATES['open-confirm'], settings)).toBe(loser);
    expect(collisionLoser('inbound', peer, STATES['open-confirm'], settings)).toBe(loser);
  });

  it.each([
    [65000, 65002, 'outbound'],
    [65002, 65000, 'inbound'],
  ] as const)('compares ASNs where both use the same router id (RFC 6286 §2.3): %i against %i', (own, peer, loser) => {
    const settings = { local: { ...SETTINGS.local, asn: own, routerId: '10.0.0.9' }, peerAsn: peer };
    expect(collisionLoser('inbound', '10.0.0.9', STATES['open-confirm'], settings)).toBe(loser);
  });

  it.each([
    ['outbound', '10.0.0.1'],
    ['outbound', '10.0.0.3'],
    ['inbound', '10.0.0.1'],
    ['inbound', '10.0.0.3'],
  ] as const)('keeps the session that is up over a new %s one, whatever our router id %s', (opened, routerId) => {
    const settings = { ...SETTINGS, local: { ...SETTINGS.local, routerId } };
    expect(collisionLoser(opened, OPEN.routerId, ESTABLISHED_PLAIN, settings)).toBe(opened);
  });

  it.each([
    ['outbound', 'inbound'],
    ['inbound', 'outbound'],
  ] as const)(
    'replaces the session when graceful restart was agreed on: %s comes, %s goes (RFC 4724 §5)',
    (opened, loser) => {
      expect(collisionLoser(opened, OPEN.routerId, STATES.established, SETTINGS)).toBe(loser);
    },
  );

  it.each<StateName>([
    'idle until start',
    'idle until connect-retry',
    'idle until other-connection',
    'connect',
    'active',
    'open-sent',
  ])('do not collide while the other one is in %s', (state) => {
    expect(collisionLoser('outbound', OPEN.routerId, STATES[state], SETTINGS)).toBeUndefined();
  });
});
