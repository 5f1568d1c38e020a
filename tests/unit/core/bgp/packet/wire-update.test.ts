import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Update } from '../../../../../src/core/bgp/packet/message.ts';
import { decodeMessage } from '../../../../../src/core/bgp/packet/wire-decode.ts';
import { encodeMessage } from '../../../../../src/core/bgp/packet/wire-encode.ts';
import { wireMessage } from '../../../../../src/core/bgp/packet/wire.ts';
import { attributes, hash } from './arbitrary.ts';

const ATTRIBUTES = { asPath: [65002], nextHop: 'http://127.0.0.1:4112', originTime: 1_700_000_000_000 };
const LIFE = 'L'.repeat(43);
const SECRET = 's'.repeat(22);

function decode(fields: object) {
  return decodeMessage({ type: 'update', ...fields }, hash);
}

/** What an UPDATE with two agents comes to whose attributes are others, or lack those that are undefined. */
function announce(change: object, reach: readonly unknown[] = [{ nlri: 'a' }, { nlri: 'b' }]) {
  const attributes = Object.entries<unknown>({ ...ATTRIBUTES, ...change }).filter(([, value]) => value !== undefined);
  const result = decode({ attributes: Object.fromEntries(attributes), reach });
  if (!result.ok) throw new Error(result.reason);
  return { ...result, message: result.message as Update };
}

describe('an UPDATE that hides which routes are meant (RFC 4271 §6.3)', () => {
  it.each([
    ['withdrawn is no list', { withdrawn: 'a' }, 'malformed-attribute-list'],
    ['reach is no list', { reach: { nlri: 'a' } }, 'malformed-attribute-list'],
    ['proofs is no list', { proofs: null }, 'malformed-attribute-list'],
    ['a field is unknown', { announce: [] }, 'malformed-attribute-list'],
    ['it has too many entries', { withdrawn: Array<string>(10_001).fill('a') }, 'bad-message-length'],
  ])('closes the session: %s', (_, fields, notification) => {
    expect(decode(fields)).toMatchObject({ ok: false, notification });
  });
});

describe('attributes that no one can use (RFC 7606 §3)', () => {
  it.each<[string, object]>([
    ['no AS path', { asPath: undefined }],
    ['an empty next hop', { nextHop: '' }],
    ['no origin time', { originTime: undefined }],
    ['an AS path as number', { asPath: 65002 }],
    ['an AS path of 10,000', { asPath: Array<number>(10_000).fill(65_002) }],
    ['an AS path of 257', { asPath: Array<number>(257).fill(65_002) }],
    [
      'AS sets of 300 together',
      { asPath: [65_002, [...Array(150).keys()].map((n) => n + 1), [...Array(150).keys()].map((n) => n + 1)] },
    ],
    ['an AS set of a million', { asPath: [Array<number>(1_000_000).fill(65_002)] }],
    ['ASN 0 in the path (RFC 7607 §2)', { asPath: [65002, 0] }],
    ['ASN 4294967295 in the path (RFC 7300 §2)', { asPath: [4_294_967_295] }],
    ['ASN 0 in a set', { asPath: [65002, [65003, 0]] }],
    ['an empty AS set (RFC 7606 §7.2)', { asPath: [65002, []] }],
    ['a set in a set', { asPath: [[[65002]]] }],
    ['a negative ASN', { asPath: [-65002] }],
    ['a fractional ASN', { asPath: [0.5] }],
    ['an infinite MED', { med: Number.POSITIVE_INFINITY }],
    ['a MED that is no number', { med: Number.NaN }],
    ['a negative MED', { med: -1 }],
    ['a fractional MED', { med: 1.5 }],
    ['a local preference over 32 bits', { localPref: 4_294_967_296 }],
    ['a negative local preference', { localPref: -1 }],
    ['a next hop that is no URL', { nextHop: 'server0' }],
    ['a next hop of another scheme', { nextHop: 'file:///etc/passwd' }],
    ['a next hop with a line feed', { nextHop: 'http://a\nb' }],
    ['a next hop of 3,000 characters', { nextHop: `http://${'a'.repeat(3_000)}` }],
    ['a million communities', { communities: Array<string>(1_000_000).fill('x') }],
    ['257 communities', { communities: Array<string>(257).fill('x') }],
    ['65 communities', { communities: Array.from({ length: 65 }, (_, at) => `c${at}`) }],
    ['200 communities of capabilities', { communities: Array.from({ length: 200 }, (_, at) => `capability:p${at}`) }],
    ['an empty community', { communities: [''] }],
    ['a community with a control character', { communities: ['a\u0000b'] }],
    ['a community of 129 characters', { communities: ['x'.repeat(129)] }],
    ['a community as number', { communities: [65_281] }],
    ['65 capabilities', { capabilities: Array.from({ length: 65 }, (_, at) => `p${at}`) }],
    ['the capability *', { capabilities: ['*'] }],
    ['a capability with an empty part', { capabilities: ['coding//typescript'] }],
    ['a negative origin time', { originTime: -1 }],
    ['a fractional origin time', { originTime: 0.5 }],
    ['an origin time that no date can name', { originTime: Number.MAX_SAFE_INTEGER }],
    ['a success rate over 1', { performance: { responseTimeMs: 1, successRate: 1.1 } }],
    ['a negative response time', { performance: { responseTimeMs: -1, successRate: 1 } }],
    ['half a performance', { performance: { successRate: 1 } }],
    ['the originator 0.0.0.0', { originatorId: '0.0.0.0' }],
    ['a cluster that is no id', { clusterList: ['x'] }],
    ['257 clusters', { clusterList: Array<string>(257).fill('10.0.0.1') }],
    ['an aggregate that is none', { aggregate: false }],
    ['an attribute that is neither known nor marked (RFC 4271 §6.3)', { color: 'red' }],
    ['a prototype', { ['__proto__']: 1 }],
    ['an unknown attribute that is too deep', { '+x': [[[[[[[[[1]]]]]]]]] }],
    ['an unknown attribute that is too long', { '+x': 'x'.repeat(16_384) }],
    [
      '64 capabilities of 256 characters',
      { capabilities: Array.from({ length: 64 }, (_, at) => `${at}`.padEnd(256, '-')) },
    ],
    ['an unknown attribute of a million values', { '?x': Array<number>(1_000_000).fill(1) }],
  ])('count as withdrawal of all routes: %s', (_, change) => {
    const { message, malformed, dropped, fault } = announce(change);
    expect(message).toEqual({ type: 'update', withdrawn: ['a', 'b'], reach: [], proofs: [] });
    expect(malformed).toEqual(['a', 'b']);
    expect(dropped).toBe(0);
    expect(fault).toMatch(/\w/);
  });

  it.each([undefined, null, 7, 'x', []])('count as withdrawal of all routes: %j in their place', (attributes) => {
    expect(decode({ attributes, reach: [{ nlri: 'a' }] })).toMatchObject({
      message: { withdrawn: ['a'], reach: [] },
      malformed: ['a'],
      fault: 'attributes are missing',
    });
  });

  it('do no harm where nothing is announced with them', () => {
    const result = decode({ withdrawn: ['a'], attributes: { asPath: 'x' } });
    expect(result).toEqual({
      ok: true,
      message: { type: 'update', withdrawn: ['a'], reach: [], proofs: [] },
      malformed: [],
      dropped: 0,
    });
  });

  it('leave proofs and withdrawals of the same message standing', () => {
    const result = decode({
      withdrawn: ['w'],
      attributes: {},
      reach: [{ nlri: 'a' }],
      proofs: [{ nlri: 'p', secret: SECRET }],
    });
    expect(result).toMatchObject({ message: { withdrawn: ['w', 'a'], proofs: [{ nlri: 'p' }] } });
  });
});

describe('attributes that this version does not know (RFC 4271 §5)', () => {
  it('are kept when they are transitive, and dropped when they are not', () => {
    const { message, malformed } = announce({ '+color': { red: 1 }, '?hint': 'none' });
    expect(message.attributes?.unknown).toEqual({ color: { red: 1 } });
    expect(malformed).toEqual([]);
  });

  it('leave no trace when there are none', () => {
    expect(announce({ '?hint': 'none' }).message.attributes).not.toHaveProperty('unknown');
  });
});

describe('attributes in need of order', () => {
  it('are sorted and freed of repetitions, or equal routes would not share them', () => {
    const { message } = announce({
      asPath: [65009, [65003, 65001, 65003, 5]],
      communities: ['b', 'a', 'b'],
      capabilities: ['z/y', 'a', 'z'],
    });
    expect(message.attributes).toMatchObject({
      asPath: [65009, [5, 65001, 65003]],
      communities: ['a', 'b'],
      capabilities: ['a', 'z', 'z/y'],
    });
  });

  it('name no next hop where it is the sender itself (RFC 4271 §5.1.3)', () => {
    expect(announce({ nextHop: undefined }).message.attributes?.nextHop).toBe('');
  });

  it('get their defaults', () => {
    expect(announce({}).message.attributes).toEqual({
      ...ATTRIBUTES,
      localPref: 100,
      med: 0,
      communities: [],
      capabilities: [],
    });
  });
});

describe('a route that cannot be read (RFC 7606 §2)', () => {
  it.each([
    ['a life of the wrong length', { nlri: 'x', life: 'short' }],
    ['a life with a space', { nlri: 'x', life: `${'L'.repeat(42)} ` }],
    ['a life as number', { nlri: 'x', life: 7 }],
    ['no life but null', { nlri: 'x', life: null }],
  ])('counts as withdrawn where it can be named: %s', (_, entry) => {
    const { message, malformed, dropped } = announce({}, [entry, { nlri: 'good', life: LIFE }]);
    expect(message.withdrawn).toEqual(['x']);
    expect(message.reach).toEqual([{ nlri: 'good', life: LIFE }]);
    expect(malformed).toEqual(['x']);
    expect(dropped).toBe(0);
  });

  it.each([
    [null],
    ['x'],
    [{}],
    [{ nlri: 7 }],
    [{ nlri: '' }],
    [{ nlri: 'a'.repeat(257) }],
    [{ nlri: '../admin' }],
    [{ nlri: 'a\u0000' }],
    [{ nlri: '~' }],
    [{ nlri: '~*' }],
    [{ nlri: '~//' }],
    [{ nlri: '~coding//x' }],
    [{ nlri: '~coding/*' }],
    [{ nlri: `~${'a'.repeat(257)}` }],
    [{ nlri: '~~x' }],
  ])('is left out and counted where it cannot be named: %j', (entry) => {
    const { message, malformed, dropped } = announce({}, [entry, { nlri: 'good' }]);
    expect(message.withdrawn).toEqual([]);
    expect(message.reach).toEqual([{ nlri: 'good' }]);
    expect(malformed).toEqual([]);
    expect(dropped).toBe(1);
  });

  it('leaves no attributes behind when no route is left', () => {
    const { message } = announce({}, [{ nlri: 'x', life: 7 }]);
    expect(message).toEqual({ type: 'update', withdrawn: ['x'], reach: [], proofs: [] });
  });

  it('may carry what other versions say of it', () => {
    expect(announce({}, [{ nlri: 'x', pathId: 4 }]).message.reach).toEqual([{ nlri: 'x' }]);
  });
});

describe('withdrawals and proofs', () => {
  it('are counted where they cannot be read', () => {
    const result = decode({
      withdrawn: ['a', 7, '~*', 'b'],
      proofs: [
        null,
        { nlri: 'p' },
        { nlri: '~//', secret: SECRET },
        { nlri: 'p', secret: 'x' },
        { nlri: 'p', secret: SECRET },
      ],
    });
    expect(result).toEqual({
      ok: true,
      message: {
        type: 'update',
        withdrawn: ['a', 'b'],
        reach: [],
        proofs: [{ nlri: 'p', secret: SECRET, life: hash('p', SECRET) }],
      },
      malformed: [],
      dropped: 6,
    });
  });

  it('never bring a life of their own: what the secret hashes to is computed here', () => {
    const result = decode({ proofs: [{ nlri: 'p', secret: SECRET, life: LIFE }] });
    expect(result).toMatchObject({ message: { proofs: [{ life: hash('p', SECRET) }] } });
  });
});

describe('an NLRI that is named more than once', () => {
  it('is announced as its last entry says', () => {
    const reach = [{ nlri: 'x', life: 'A'.repeat(43) }, { nlri: 'y' }, { nlri: 'x', life: 'B'.repeat(43) }];
    const { message, dropped } = announce({}, reach);
    expect(message.reach).toEqual([{ nlri: 'x', life: 'B'.repeat(43) }, { nlri: 'y' }]);
    expect(dropped).toBe(0);
  });

  it('is withdrawn when its last entry cannot be read', () => {
    const { message } = announce({}, [{ nlri: 'x' }, { nlri: 'x', life: 7 }]);
    expect(message).toMatchObject({ withdrawn: ['x'], reach: [] });
  });

  it('is announced when it is withdrawn as well (RFC 4271 §4.3)', () => {
    const result = decode({ withdrawn: ['x', 'y', 'y'], attributes: ATTRIBUTES, reach: [{ nlri: 'x' }] });
    expect(result).toMatchObject({ message: { withdrawn: ['y'], reach: [{ nlri: 'x' }] } });
  });
});

describe('a label', () => {
  it.each([
    [
      { name: 'Weather', description: 'Knows\nit' },
      { name: 'Weather', description: 'Knows it' },
    ],
    [{ name: 'only a name' }, { name: 'only a name', description: '' }],
    [{ description: 'no name' }, { name: '', description: 'no name' }],
    [
      { name: 7, description: 'bad name' },
      { name: '', description: 'bad name' },
    ],
    [{ name: 7 }, undefined],
  ])('is taken from %j', (fields, label) => {
    expect(announce({}, [{ nlri: 'x', ...fields }]).message.reach[0]?.label).toEqual(label);
  });
});

describe('End-of-RIB (RFC 4724 §2)', () => {
  it('is read for a known family and ignored for any other', () => {
    expect(decode({ endOfRib: 'agent' })).toMatchObject({ message: { endOfRib: 'agent' } });
    for (const endOfRib of ['tool', 7, null]) {
      const result = decode({ endOfRib });
      expect(result.ok && result.message).toEqual({ type: 'update', withdrawn: [], reach: [], proofs: [] });
    }
  });
});

describe('attributes and the schema that is published for them', () => {
  const names = [
    ...['asPath', 'nextHop', 'localPref', 'med', 'communities', 'capabilities', 'performance', 'originTime'],
    ...['originatorId', 'clusterList', 'aggregate'],
  ];
  const odd = fc.oneof(
    fc.constantFrom<unknown>(
      null,
      true,
      false,
      '',
      ' ',
      0,
      -1,
      1.5,
      256,
      2 ** 32,
      2 ** 53,
      [],
      {},
      [[]],
      [0],
      [[1]],
      [''],
    ),
    fc.constantFrom<unknown>(
      '10.0.0.1',
      ['10.0.0.1'],
      ['0.0.0.0'],
      ['a//b'],
      ['*'],
      ['a\u0007'],
      ['\ud800'],
      ['a b'],
      ['a\u202eb'],
      ['a\u200d'],
      ['می\u200cدانم'],
      ['x'.repeat(128)],
      ['x'.repeat(129)],
      ['1/2/3/4/5/6/7/8/9'],
      'ftp://a',
      'http://a\u202eb',
    ),
    fc.constantFrom<unknown>({ responseTimeMs: 1 }, { responseTimeMs: 1, successRate: 2 }, Array(257).fill(1)),
    fc.record({ responseTimeMs: fc.integer(), successRate: fc.double({ min: -1, max: 2 }) }),
    fc.jsonValue(),
  );

  it('agree on what is malformed, whatever stands in the place of an attribute', () => {
    const seen = { taken: 0, refused: 0 };
    fc.assert(
      fc.property(attributes, fc.constantFrom(...names), fc.option(odd), (native, name, value) => {
        const update = {
          type: 'update',
          withdrawn: [],
          attributes: native,
          reach: [{ nlri: 'a' }],
          proofs: [],
        } as const;
        const written = JSON.parse(JSON.stringify(encodeMessage(update))) as { attributes: Record<string, unknown> };
        written.attributes[name] = JSON.parse(JSON.stringify(value)) as unknown;
        const result = decodeMessage(written, hash);
        const isTaken = result.ok && result.fault === undefined;
        expect(isTaken).toBe(wireMessage.safeParse(written).success);
        seen[isTaken ? 'taken' : 'refused'] += 1;
      }),
      { numRuns: 5_000, seed: 4760 },
    );
    expect(Math.min(seen.taken, seen.refused)).toBeGreaterThan(100);
  });
});
