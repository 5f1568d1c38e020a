import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { AsPath } from '../../../../../src/core/bgp/packet/as-path.ts';
import { MAX_ASN } from '../../../../../src/core/bgp/packet/asn.ts';
import type { PathAttributes } from '../../../../../src/core/bgp/packet/attributes.ts';
import { cleanLabel } from '../../../../../src/core/bgp/packet/label.ts';
import type { Message, Open, Reach, Update } from '../../../../../src/core/bgp/packet/message.ts';
import { FAMILIES, type Nlri } from '../../../../../src/core/bgp/packet/nlri.ts';
import type { Hash } from '../../../../../src/core/bgp/packet/wire-decoded.ts';

export const hash: Hash = (nlri, secret) => createHash('sha256').update(`${secret} ${nlri}`).digest('base64url');

/** Optional members that are left out where they are undefined, as the native types ask for. */
function compact<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

const perhaps = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const sorted = <T>(item: fc.Arbitrary<T>, order?: (a: T, b: T) => number) =>
  fc.uniqueArray(item, { maxLength: 6 }).map((items) => items.sort(order));
const base64url = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((value) => Buffer.from(value).toString('base64url'));

const asn = fc.integer({ min: 1, max: MAX_ASN });
const uint32 = fc.integer({ min: 0, max: 4_294_967_295 });
const routerId = fc.ipV4().filter((id) => id !== '0.0.0.0');
const word = fc.stringMatching(/^[a-z0-9-]{1,12}$/);
const capability = fc.array(word, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
const agent = fc.oneof(
  word,
  fc.constantFrom('weatherAgent', 'Ünïcode agent', '天気', 'a b/c?d#e%f', '.', '👩‍💻').filter((id) => id !== '.'),
);
export const nlri: fc.Arbitrary<Nlri> = fc.oneof(
  agent,
  capability.map((path) => `~${path}`),
);
const family = fc.constantFrom(...FAMILIES);
const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.string({ minLength: 900, maxLength: 1400 }));

const asPath: fc.Arbitrary<AsPath> = fc.array(
  fc.oneof(
    asn,
    sorted(asn, (a, b) => a - b).filter((set) => set.length > 0),
  ),
  { maxLength: 6 },
);

export const attributes: fc.Arbitrary<PathAttributes> = fc
  .record({
    asPath,
    nextHop: fc.constantFrom('', 'http://127.0.0.1:4111', 'https://router.example/a/b?c=%20', 'http://[::1]:3001'),
    localPref: fc.oneof(fc.constant(100), uint32),
    med: fc.oneof(fc.constant(0), uint32),
    communities: sorted(fc.oneof(word, fc.constantFrom('no-export', 'region:eu', 'می\u200cدانم'))),
    capabilities: sorted(capability),
    performance: perhaps(
      fc.record({
        responseTimeMs: fc.double({ min: 0.001, max: 1e6, noNaN: true }),
        successRate: fc.constantFrom(0, 0.5, 0.999, 1),
      }),
    ),
    originTime: fc.nat(),
    originatorId: perhaps(routerId),
    clusterList: perhaps(fc.array(routerId, { maxLength: 4 })),
    aggregate: perhaps(fc.constant(true as const)),
    unknown: perhaps(
      fc.dictionary(word, fc.oneof(fc.nat(), word, fc.constant({ deep: [1, [null, true]] })), {
        minKeys: 1,
        maxKeys: 4,
        noNullPrototype: true,
      }),
    ),
  })
  .map(compact);

const reach: fc.Arbitrary<Reach> = fc
  .record({
    nlri,
    life: perhaps(base64url(32)),
    label: perhaps(
      fc.tuple(text, text, perhaps(fc.constant('v1' as const))).map(([name, description, modelVersion]) => ({
        ...cleanLabel(name, description),
        ...(modelVersion !== undefined && { modelVersion }),
      })),
    ),
  })
  .map(compact);

export const update: fc.Arbitrary<Update> = fc
  .record({
    type: fc.constant('update' as const),
    withdrawn: fc.uniqueArray(nlri, { maxLength: 6 }),
    attributes,
    reach: fc.uniqueArray(reach, { maxLength: 6, selector: (route) => route.nlri }),
    proofs: fc.array(
      fc.record({ nlri, secret: base64url(16) }).map((proof) => ({ ...proof, life: hash(proof.nlri, proof.secret) })),
      { maxLength: 3 },
    ),
    endOfRib: perhaps(family),
  })
  .map((message) => {
    const announced = new Set(message.reach.map((route) => route.nlri));
    const withdrawn = message.withdrawn.filter((name) => !announced.has(name));
    return compact({ ...message, withdrawn, attributes: announced.size > 0 ? message.attributes : undefined });
  });

const open: fc.Arbitrary<Open> = fc.record({
  type: fc.constant('open' as const),
  version: fc.constant(4),
  asn,
  routerId,
  holdTimeSeconds: fc.integer({ min: 0, max: 65_535 }),
  capabilities: fc
    .record({
      families: fc.subarray([...FAMILIES]),
      routeRefresh: fc.boolean(),
      gracefulRestart: perhaps(
        fc.record({
          restartTimeSeconds: fc.integer({ min: 0, max: 4095 }),
          restarted: fc.boolean(),
          preserved: fc.boolean(),
        }),
      ),
      proofs: fc.boolean(),
      decision: word,
    })
    .map(compact),
});

export const message: fc.Arbitrary<Message> = fc.oneof(
  open,
  { arbitrary: update, weight: 4 },
  fc.constant({ type: 'keepalive' as const }),
  fc
    .record({
      type: fc.constant('notification' as const),
      code: fc.integer({ min: 0, max: 255 }),
      subcode: fc.integer({ min: 0, max: 255 }),
      reason: perhaps(word),
    })
    .map(compact),
  fc.record({ type: fc.constant('route-refresh' as const), family }),
);
