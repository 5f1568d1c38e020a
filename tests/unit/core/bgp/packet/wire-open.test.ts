import { describe, expect, it } from 'vitest';
import { decodeMessage } from '../../../../../src/core/bgp/packet/wire-decode.ts';
import { hash } from './arbitrary.ts';

const OPEN = { type: 'open', version: 4, asn: 65002, routerId: '10.0.0.2', holdTimeSeconds: 90 };
const RESTART = { restartTimeSeconds: 120, restarted: false, preserved: true };

/** An OPEN with other fields, or without those that are undefined. */
function decode(change: object) {
  const fields = Object.entries<unknown>({ ...OPEN, ...change }).filter(([, value]) => value !== undefined);
  return decodeMessage(Object.fromEntries(fields), hash);
}

describe('OPEN on the wire (RFC 4271 §6.2)', () => {
  it.each([
    ['another version', { version: 5 }, 'unsupported-version'],
    ['no version', { version: undefined }, 'unsupported-version'],
    ['ASN 0 (RFC 7607 §2)', { asn: 0 }, 'bad-peer-as'],
    ['ASN 4294967295 (RFC 7300 §2)', { asn: 4_294_967_295 }, 'bad-peer-as'],
    ['a negative ASN', { asn: -1 }, 'bad-peer-as'],
    ['a fractional ASN', { asn: 65_002.5 }, 'bad-peer-as'],
    ['an ASN that is no number', { asn: Number.NaN }, 'bad-message-length'],
    ['an ASN as text', { asn: '65002' }, 'bad-peer-as'],
    ['the router id 0.0.0.0', { routerId: '0.0.0.0' }, 'bad-bgp-identifier'],
    ['a router id with a leading zero', { routerId: '10.0.0.02' }, 'bad-bgp-identifier'],
    ['a router id as number', { routerId: 1 }, 'bad-bgp-identifier'],
    ['a negative hold time', { holdTimeSeconds: -1 }, 'unacceptable-hold-time'],
    ['a fractional hold time', { holdTimeSeconds: 3.5 }, 'unacceptable-hold-time'],
    ['a hold time over 16 bits', { holdTimeSeconds: 65_536 }, 'unacceptable-hold-time'],
    ['an unknown parameter', { password: 'x' }, 'unsupported-optional-parameter'],
    ['capabilities as list', { capabilities: [] }, 'unsupported-capability'],
    [
      'a restart time over 12 bits',
      { capabilities: { gracefulRestart: { ...RESTART, restartTimeSeconds: 4_096 } } },
      'unsupported-capability',
    ],
    [
      'a restart without its flags',
      { capabilities: { gracefulRestart: { restartTimeSeconds: 1 } } },
      'unsupported-capability',
    ],
    ['route refresh as number', { capabilities: { routeRefresh: 1 } }, 'unsupported-capability'],
    [
      'a hundred thousand families',
      { capabilities: { families: Array<string>(100_000).fill('x') } },
      'bad-message-length',
    ],
  ])('is refused for %s', (_, change, notification) => {
    expect(decode(change)).toMatchObject({ ok: false, notification });
  });

  it('is judged in the order of its fields', () => {
    expect(decode({ version: 5, asn: 0, password: 'x' })).toMatchObject({ notification: 'unsupported-version' });
  });

  it('leaves hold times of 1 and 2 seconds to negotiation', () => {
    expect(decode({ holdTimeSeconds: 1 })).toMatchObject({ ok: true, message: { holdTimeSeconds: 1 } });
  });

  it('speaks for agents alone when it names no capability (RFC 4760 §8)', () => {
    expect(decode({})).toMatchObject({
      message: { capabilities: { families: ['agent'], routeRefresh: false, proofs: false, decision: '' } },
    });
  });

  it('may name capabilities and families of other versions, which are ignored (RFC 5492 §3)', () => {
    const capabilities = {
      families: ['tool', 'capability', 'agent'],
      addPath: { send: true },
      gracefulRestart: { ...RESTART, more: 1 },
    };
    const result = decode({ capabilities });
    expect(result.ok && result.message).toEqual({
      ...OPEN,
      capabilities: {
        families: ['agent', 'capability'],
        routeRefresh: false,
        gracefulRestart: RESTART,
        proofs: false,
        decision: '',
      },
    });
  });
});
