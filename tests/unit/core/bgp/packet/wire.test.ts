import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message } from '../../../../../src/core/bgp/packet/message.ts';
import { NOTIFICATIONS } from '../../../../../src/core/bgp/packet/notification.ts';
import { decodeMessage } from '../../../../../src/core/bgp/packet/wire-decode.ts';
import { encodeMessage } from '../../../../../src/core/bgp/packet/wire-encode.ts';
import { wireMessage } from '../../../../../src/core/bgp/packet/wire.ts';
import { hash, message } from './arbitrary.ts';

function decode(json: unknown) {
  return decodeMessage(json, hash);
}

const WHOLE: Message = {
  type: 'update',
  withdrawn: ['oldAgent', '~coding/java'],
  attributes: {
    asPath: [65001, 65002, [65003, 65004]],
    nextHop: 'http://127.0.0.1:4111',
    localPref: 200,
    med: 25,
    communities: ['gold', 'region:eu'],
    capabilities: ['coding/typescript'],
    performance: { responseTimeMs: 12.5, successRate: 0.99 },
    originTime: 1_700_000_000_000,
    originatorId: '10.0.0.1',
    clusterList: ['10.0.0.2'],
    aggregate: true,
    unknown: { color: { red: 1 } },
  },
  reach: [{ nlri: 'weatherAgent', life: 'L'.repeat(43), label: { name: 'Weather', description: 'Knows it' } }],
  proofs: [{ nlri: 'oldAgent', secret: 's'.repeat(22), life: hash('oldAgent', 's'.repeat(22)) }],
  endOfRib: 'agent',
};

describe('a message on the wire', () => {
  it('is written as plain JSON, each NLRI with its life beside it and a proof without its life', () => {
    expect(JSON.parse(JSON.stringify(encodeMessage(WHOLE)))).toEqual({
      type: 'update',
      withdrawn: ['oldAgent', '~coding/java'],
      attributes: {
        asPath: [65001, 65002, [65003, 65004]],
        nextHop: 'http://127.0.0.1:4111',
        localPref: 200,
        med: 25,
        communities: ['gold', 'region:eu'],
        capabilities: ['coding/typescript'],
        performance: { responseTimeMs: 12.5, successRate: 0.99 },
        originTime: 1_700_000_000_000,
        originatorId: '10.0.0.1',
        clusterList: ['10.0.0.2'],
        aggregate: true,
        '+color': { red: 1 },
      },
      reach: [{ nlri: 'weatherAgent', life: 'L'.repeat(43), name: 'Weather', description: 'Knows it' }],
      proofs: [{ nlri: 'oldAgent', secret: 's'.repeat(22) }],
      endOfRib: 'agent',
    });
  });

  it('leaves out what is empty or at its default', () => {
    const attributes = { ...WHOLE.attributes!, nextHop: '', localPref: 100, med: 0, communities: [], capabilities: [] };
    const written = encodeMessage({ type: 'update', withdrawn: [], attributes, reach: [{ nlri: 'a' }], proofs: [] });
    expect(Object.keys(written)).toEqual(['type', 'attributes', 'reach']);
    expect(written).not.toHaveProperty('attributes.nextHop');
    expect(written).not.toHaveProperty('attributes.localPref');
    expect(written).not.toHaveProperty('attributes.med');
    expect(written).not.toHaveProperty('attributes.communities');
    expect(written).not.toHaveProperty('attributes.capabilities');
    expect(encodeMessage({ type: 'update', withdrawn: [], reach: [], proofs: [] })).toEqual({ type: 'update' });
  });

  it('is read as it was meant, whatever it says', () => {
    fc.assert(
      fc.property(message, (native) => {
        const json: unknown = JSON.parse(JSON.stringify(encodeMessage(native)));
        expect(decode(json)).toEqual({ ok: true, message: native, malformed: [], dropped: 0 });
      }),
      { numRuns: 2_000, seed: 4271 },
    );
  });

  it('keeps to the schema that is published', () => {
    fc.assert(
      fc.property(message, (native) => {
        const json: unknown = JSON.parse(JSON.stringify(encodeMessage(native)));
        expect(wireMessage.safeParse(json).error).toBeUndefined();
      }),
      { numRuns: 1_000, seed: 7606 },
    );
  });
});

describe('what is no message', () => {
  it.each([
    [undefined, 'bad-message-type'],
    [null, 'bad-message-type'],
    [4, 'bad-message-type'],
    ['open', 'bad-message-type'],
    [[], 'bad-message-type'],
    [{}, 'bad-message-type'],
    [{ type: 'OPEN' }, 'bad-message-type'],
    [{ type: 'toString' }, 'bad-message-type'],
    [{ type: 'keepalive', now: 1 }, 'bad-message-length'],
    [{ type: 'route-refresh' }, 'bad-message-length'],
    [{ type: 'route-refresh', family: 'agent', subtype: 1 }, 'bad-message-length'],
    [{ type: 'route-refresh', family: 4 }, 'bad-message-length'],
  ])('closes the session: %j (RFC 4271 §6.1)', (json, notification) => {
    expect(decode(json)).toMatchObject({ ok: false, notification });
    expect(Object.keys(NOTIFICATIONS)).toContain(notification);
  });

  it('is quoted in a reason only so far as is safe to show', () => {
    const result = decode({ type: 'update', [`\u001b[31m\u202e${'x'.repeat(9_000)}`]: 1 });
    expect(result).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/^UPDATE has no field \[31mx+…$/) as string,
    });
    expect(result.ok ? '' : result.reason.length).toBeLessThanOrEqual(512);
  });
});

describe('NOTIFICATION', () => {
  it.each([
    [
      { code: 6, subcode: 2 },
      { code: 6, subcode: 2 },
    ],
    [
      { code: 6, subcode: 2, data: 'ff' },
      { code: 6, subcode: 2 },
    ],
    [
      { code: 99, subcode: 99, reason: 'so\n\u202ebe it' },
      { code: 99, subcode: 99, reason: 'so be it' },
    ],
  ])('is read: %j', (json, expected) => {
    expect(decode({ type: 'notification', ...json })).toEqual({
      ok: true,
      message: { type: 'notification', ...expected },
      malformed: [],
      dropped: 0,
    });
  });

  it.each([
    {},
    { code: -1, subcode: 0 },
    { code: 1.5, subcode: 0 },
    { code: 6, subcode: 256 },
    { code: 6, subcode: 2, reason: 7 },
  ])('closes even when it cannot be read, because it must not be answered: %j (RFC 4271 §6.4)', (json) => {
    const message = { type: 'notification', code: 0, subcode: 0, reason: 'unreadable' };
    expect(decode({ type: 'notification', ...json })).toMatchObject({ ok: true, message });
  });
});

describe('ROUTE-REFRESH', () => {
  it('for a family that is not known asks for nothing (RFC 2918 §4)', () => {
    expect(decode({ type: 'route-refresh', family: 'tool' })).toMatchObject({
      ok: true,
      message: { type: 'update', withdrawn: [], reach: [], proofs: [] },
    });
  });
});
