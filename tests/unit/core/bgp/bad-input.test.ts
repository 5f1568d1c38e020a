import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { PathAttributes } from '../../../../src/core/bgp/packet/attributes.ts';
import type { Update } from '../../../../src/core/bgp/packet/message.ts';
import type { Nlri } from '../../../../src/core/bgp/packet/nlri.ts';
import { decodeMessage } from '../../../../src/core/bgp/packet/wire-decode.ts';
import { encodeMessage } from '../../../../src/core/bgp/packet/wire-encode.ts';
import { hash, message } from './packet/arbitrary.ts';
import { generator, mutate } from './support/mutate.ts';
import { Router } from './support/router.ts';

const AGENT = 'weatherAgent';

/** What comes off the wire, as the shell hands it to the core: a message, or the error with which to close. */
function hear(router: Router, peer: string, json: unknown): Update | undefined {
  const result = decodeMessage(json, hash);
  if (!result.ok) {
    const { notification, reason } = result;
    router.input(peer, { type: 'MessageMalformed', notification, reason });
    return undefined;
  }
  router.receive(peer, result.message);
  return result.message.type === 'update' ? result.message : undefined;
}

describe('bad input from a peer', () => {
  let router: Router;

  beforeEach(() => {
    router = new Router();
    router.up('a', 65010);
    router.up('i', 65000);
    for (const peer of ['a', 'i']) hear(router, peer, update({ asPath: peer === 'a' ? [65010] : [65090] }));
    router.messages('a');
    router.messages('i');
  });

  const update = (attributes: object, reach: readonly object[] = [{ nlri: AGENT }], rest: object = {}) => ({
    type: 'update',
    attributes: { asPath: [65010], nextHop: 'http://a', originTime: 1, ...attributes },
    reach,
    ...rest,
  });
  const notification = (peer = 'a') => router.messages(peer).find(({ type }) => type === 'notification');

  it.each([
    ['our own AS in the path', 'a', { asPath: [65010, 65000] }, 'as-loop'],
    ['a path that does not begin with the peer', 'a', { asPath: [65011, 65010] }, 'first-as'],
    ['our own router id as originator', 'i', { asPath: [65090], originatorId: '10.0.0.1' }, 'originator-loop'],
    ['our own cluster id', 'i', { asPath: [65090], clusterList: ['10.0.0.1'] }, 'cluster-loop'],
  ])(
    '%s makes the route ineligible; it replaces the earlier one (RFC 4271 §9.1.2)',
    (_what, peer, attributes, type) => {
      hear(router, peer, update(attributes));
      expect(router.heard(peer, AGENT)?.ineligible).toEqual({ type });
      expect(router.peer(peer).session).toBeDefined();
    },
  );

  it.each([
    ['an AS path of 10,000', { asPath: [65010, ...Array<number>(9_999).fill(65020)] }],
    ['ASN 0', { asPath: [65010, 0] }],
    ['ASN 4294967295', { asPath: [65010, 4_294_967_295] }],
    ['a negative ASN', { asPath: [65010, -1] }],
    ['a fractional ASN', { asPath: [65010, 1.5] }],
    ['a negative MED', { med: -1 }],
    ['a fractional MED', { med: 0.5 }],
    ['a negative local preference', { localPref: -1 }],
    ['a local preference of 2^32', { localPref: 4_294_967_296 }],
    ['a million communities', { communities: Array.from({ length: 1_000_000 }, (_, at) => `c${at}`) }],
    ['an empty AS set', { asPath: [65010, []] }],
    ['no path at all', { asPath: undefined }],
    ['an attribute that is not marked as optional', { mandatory: 1 }],
  ])('%s is treated as withdraw; the session stays (RFC 7606 §2)', (_what, attributes) => {
    hear(router, 'a', update(attributes));
    expect(router.heard('a', AGENT)).toBeUndefined();
    expect(router.heard('i', AGENT)).toBeDefined();
    expect(router.peer('a').session).toBeDefined();
    expect(notification()).toBeUndefined();
  });

  it.each(['~*', '~//', '~a//b', '~/', '~a/', '', '~', 'x'.repeat(257), `~${'x'.repeat(257)}`, '../etc', 'a\u0000b'])(
    'the prefix or id %j names nothing and is left out; the others of its message stay (RFC 7606 §5.3)',
    (nlri) => {
      hear(router, 'a', update({}, [{ nlri }, { nlri: 'fine' }]));
      expect([...router.peer('a').adjRibIn.keys()]).toEqual([AGENT, 'fine']);
      expect(router.peer('a').session).toBeDefined();
    },
  );

  it('an NLRI twice in one update counts as its last entry', () => {
    const life = (text: string) => hash(AGENT, text);
    hear(
      router,
      'a',
      update({}, [
        { nlri: AGENT, life: life('one') },
        { nlri: AGENT, life: life('two') },
      ]),
    );
    expect(router.heard('a', AGENT)?.life).toBe(life('two'));
  });

  it('a withdrawal of the unknown is ignored', () => {
    const before = router.best(AGENT);
    hear(router, 'a', { type: 'update', withdrawn: ['unheardOf', '~unheard/of'] });
    expect(router.best(AGENT)).toBe(before);
    expect(router.speaker.locRib.size).toBe(1);
  });

  it.each([
    ['no object', 'hello', [1, 3]],
    ['an unknown type', { type: 'hello' }, [1, 3]],
    ['an update whose lists are none', { type: 'update', reach: 'all' }, [3, 1]],
    ['an update of 10,001 entries', { type: 'update', withdrawn: Array<string>(10_001).fill('x') }, [1, 2]],
    [
      'an OPEN in the wrong state',
      { type: 'open', version: 4, asn: 65010, routerId: '1.1.1.1', holdTimeSeconds: 9 },
      [5, 3],
    ],
  ])('%s closes the session with a NOTIFICATION and takes the routes away (RFC 4271 §6)', (_what, json, code) => {
    hear(router, 'a', json);
    expect(notification()).toMatchObject({ code: code[0], subcode: code[1] });
    expect(router.peer('a').session).toBeUndefined();
    expect(router.heard('a', AGENT)).toBeUndefined();
    expect(router.best(AGENT)?.source).toMatchObject({ id: 'i' });
  });

  it.each([
    ['an update before the session is up', update({}), [5, 1]],
    ['a hold time of 1 s', { holdTimeSeconds: 1 }, [2, 6]],
    ['another AS', { asn: 65011 }, [2, 2]],
    ['AS 0', { asn: 0 }, [2, 2]],
    ['the router id 0.0.0.0', { routerId: '0.0.0.0' }, [2, 3]],
    ['version 3', { version: 3 }, [2, 1]],
  ])('%s is answered with a NOTIFICATION (RFC 4271 §6.2)', (_what, json, code) => {
    router.configure('c', 65030);
    router.input('c', { type: 'TransportAccepted' });
    const open = { type: 'open', version: 4, asn: 65030, routerId: '9.9.9.9', holdTimeSeconds: 90, capabilities: {} };
    hear(router, 'c', 'type' in json ? json : { ...open, ...json });
    expect(notification('c')).toMatchObject({ code: code[0], subcode: code[1] });
    expect(router.peer('c').session).toBeUndefined();
  });
});

describe('hostile and malformed messages', () => {
  // A million by hand: npm run long -- hostile
  const count = Number(process.env['FUZZ_MESSAGES'] ?? 100_000);

  it('change no table beyond what they validly say, throw nothing and leave nothing behind', () => {
    const random = generator(7606);
    const valid = fc.sample(message, { numRuns: 1_000, seed: 7606 }).map((native) => encodeMessage(native));
    const router = new Router({ aggregates: [{ nlri: '~a', summaryOnly: true }] });
    router.up('witness', 65020, { holdTimeSeconds: 0 });
    router.announce('witness', ['constant', '~constant']);
    const witnessed = [...router.peer('witness').adjRibIn];
    const model = new Map<Nlri, { attributes: PathAttributes; life: string | undefined }>();
    let sessions = 0;
    let learned = 0;
    for (let run = 0; run < count; run++) {
      if (router.speaker.peers.get('a')?.session === undefined) {
        model.clear();
        router.input('a', { type: 'ManualStart' });
        router.up('a', 65010, { maxRoutes: 200, holdTimeSeconds: 0 });
        sessions += 1;
      }
      const heard = hear(router, 'a', hostile(valid[run % valid.length], random));
      if (heard !== undefined) learned += apply(model, heard, 200);
      if (router.peer('a').session === undefined) model.clear();
      check(router, model, run % 500 === 0);
      router.effects.length = 0;
    }
    expect([...router.peer('witness').adjRibIn]).toEqual(witnessed);
    expect(Math.min(sessions, learned)).toBeGreaterThan(count / 100);
  }, 600_000);

  function hostile(json: unknown, random: () => number): unknown {
    let changed = json;
    if (random() < 0.5) changed = fromPeer(changed);
    for (let changes = Math.floor(random() * 3); changes > 0; changes--) changed = mutate(changed, random);
    return changed;
  }

  /** As a peer would send it that means its routes to be taken. */
  function fromPeer(json: unknown): unknown {
    const { attributes } = json as { attributes?: { asPath: unknown[] } };
    if (attributes === undefined) return json;
    return { ...(json as object), attributes: { ...attributes, asPath: [65010, ...attributes.asPath] } };
  }

  /** What the message says of Adj-RIB-In and nothing else; how many routes it brought. */
  function apply(
    model: Map<Nlri, { attributes: PathAttributes; life: string | undefined }>,
    { withdrawn, attributes, reach }: Update,
    maxRoutes: number,
  ): number {
    for (const nlri of withdrawn) model.delete(nlri);
    if (attributes === undefined) return 0;
    let brought = 0;
    for (const { nlri, life } of reach) {
      if (!model.has(nlri) && model.size >= maxRoutes) continue;
      model.set(nlri, { attributes, life });
      brought += 1;
    }
    return brought;
  }

  function check(
    router: Router,
    model: ReadonlyMap<Nlri, { attributes: PathAttributes; life: string | undefined }>,
    deeply: boolean,
  ) {
    const { speaker } = router;
    const { adjRibIn } = router.peer('a');
    const told = router.peer('witness').adjRibOut.size;
    // A handful of own timers, entries only for what somebody said, nothing told that is not known.
    if (adjRibIn.size !== model.size) expect.fail(`${adjRibIn.size} routes, not ${model.size}`);
    if (speaker.locRib.size > model.size + 3) expect.fail(`${speaker.locRib.size} entries`);
    if (told > speaker.locRib.size || router.timers.size > 10)
      expect.fail(`${told} told, ${router.timers.size} timers`);
    if (!deeply) return;
    const kept = [...adjRibIn.values()].map(({ nlri, received, life }) => [nlri, { attributes: received, life }]);
    expect(new Map(kept as never)).toEqual(model);
    for (const peer of speaker.peers.values()) expect(peer.pending.size).toBe(0);
  }
});
