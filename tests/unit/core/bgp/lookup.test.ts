import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { callRoutes, contest, hasCrossed, type Asking } from '../../../../src/core/bgp/lookup.ts';
import { destination, explain, locRib, longestMatch, peerState } from '../../../../src/core/bgp/view.ts';
import type { PathAttributes } from '../../../../src/core/bgp/packet/attributes.ts';
import { idOf } from '../../../../src/core/bgp/packet/nlri.ts';
import { policyOf, Router } from './support/router.ts';

const AGENT = 'weatherAgent';
const HERE: Asking = { from: undefined, crossed: [], required: [] };

function names(router: Router, nlri: string, asking: Partial<Asking> = {}): string[] {
  return callRoutes(router.speaker, nlri, { ...HERE, ...asking }).map(({ source, nlri: asked }) =>
    source.kind === 'self' ? 'self' : `${source.id}/${asked}`,
  );
}

describe('the routes that a call may take', () => {
  let router: Router;
  // One service behind three peers, the nearest first; and a service of another AS with the same name.
  const tell = (id: string, crossed: readonly number[], change: Partial<PathAttributes> = {}) => {
    const { asn } = router.peer(id).settings;
    router.announce(id, AGENT, { asPath: [asn, ...crossed, 65099], ...change });
  };

  beforeEach(() => {
    router = new Router({ policy: policyOf({ export: [{ match: { communities: ['secret'] }, action: 'reject' }] }) });
    router.up('a', 65010);
    router.up('b', 65020);
    router.up('c', 65030);
    tell('a', []);
    tell('b', [65021], { capabilities: ['weather/rain'] });
    tell('c', [65031, 65032], { communities: ['secret'] });
  });

  it('are those of one service, the best first (§9.1.2.2 of RFC 4271)', () => {
    expect(names(router, AGENT)).toEqual(['a/weatherAgent', 'b/weatherAgent', 'c/weatherAgent']);
    router.up('d', 65040);
    router.announce('d', AGENT, { asPath: [65040, 65098] });
    expect(names(router, AGENT)).not.toContain('d/weatherAgent');
  });

  it('are none where nothing is known', () => {
    expect(names(router, 'unheardOf')).toEqual([]);
  });

  it('have all required capabilities, or more particular ones', () => {
    expect(names(router, AGENT, { required: ['weather'] })).toEqual(['b/weatherAgent']);
    expect(names(router, AGENT, { required: ['weather', 'coding'] })).toEqual([]);
  });

  it('lead through no router that the call has crossed', () => {
    const a = { asn: 65010, routerId: '10.1.0.1' };
    expect(names(router, AGENT, { crossed: [a] })).toEqual(['b/weatherAgent', 'c/weatherAgent']);
    expect(names(router, AGENT, { crossed: [{ ...a, asn: 65011 }] })).toHaveLength(3);
    expect(names(router, AGENT, { crossed: [{ ...a, routerId: '10.1.0.9' }] })).toHaveLength(3);
  });

  it('lead by no AS set that holds a crossed AS', () => {
    tell('a', [], { asPath: [65010, [65050, 65060]] });
    const crossed = [{ asn: 65060, routerId: '1.1.1.1' }];
    expect(names(router, AGENT)).toEqual(['a/weatherAgent']);
    expect(names(router, AGENT, { crossed })).toEqual(['b/weatherAgent', 'c/weatherAgent']);
    expect(names(router, AGENT, { crossed: [{ asn: 65021, routerId: '1.1.1.1' }] })).toEqual(['a/weatherAgent']);
  });

  it('are for a peer only those that it may be told of', () => {
    expect(names(router, AGENT, { from: 'a' })).toEqual(['b/weatherAgent']);
    expect(names(router, AGENT, { from: 'b' })).toEqual(['a/weatherAgent']);
  });

  it('are for a peer none that are too large to tell it of (RFC 4271 §9.2)', () => {
    tell('a', Array<number>(254).fill(65090));
    tell('c', Array<number>(254).fill(65090));
    expect(names(router, AGENT)).toEqual(['b/weatherAgent', 'a/weatherAgent', 'c/weatherAgent']);
    expect(names(router, AGENT, { from: 'b' })).toEqual([]);
    expect(names(router, AGENT, { from: 'a' })).toEqual(['b/weatherAgent']);
  });

  it('are for a caller without a session what an external peer could be told', () => {
    const callers = [{ id: 'caller', asn: 65020 }];
    router = new Router({
      policy: policyOf({ export: [{ match: { peers: [65020], communities: ['secret'] }, action: 'reject' }] }),
      callers,
    });
    router.up('a', 65010);
    router.up('b', 65020);
    tell('a', []);
    tell('b', []);
    router.originate('open');
    router.originate('inside', { communities: ['no-export'] });
    router.originate('secret', { communities: ['secret'] });
    expect(names(router, AGENT, { from: 'caller' })).toEqual(['a/weatherAgent']);
    expect(names(router, 'open', { from: 'caller' })).toEqual(['server0/open']);
    expect(names(router, 'inside', { from: 'caller' })).toEqual([]);
    expect(names(router, 'secret', { from: 'caller' })).toEqual([]);
  });

  it('are none for a stranger, or for a peer without a session', () => {
    expect(names(router, AGENT, { from: 'stranger' })).toEqual([]);
    router.configure('e', 65050);
    expect(names(router, AGENT, { from: 'e' })).toEqual([]);
  });

  it('are none in a family that the peer does not speak', () => {
    router.up('e', 65050, {}, { families: ['capability'] });
    router.originate('own', { capabilities: ['coding'] });
    expect(names(router, 'own', { from: 'e' })).toEqual([]);
    expect(names(router, '~coding', { from: 'e' })).toEqual(['server0/own']);
  });

  it('never include a route that policy denies or whose life has ended', () => {
    tell('a', [65000]);
    router.update('c', { proofs: [{ nlri: AGENT, secret: 's', life: 'dead' }] });
    router.announce('b', AGENT, { asPath: [65020, 65099] }, { life: 'dead' });
    expect(names(router, AGENT)).toEqual(['c/weatherAgent']);
  });

  it('to a capability of ours name the agents behind it, best first, within the limits of the call', () => {
    router.originate('one', { capabilities: ['coding/go', 'english'], med: 25 });
    router.originate('two', { capabilities: ['coding/go'] });
    router.originate('three', { capabilities: ['coding/go'], communities: ['secret'], med: 5 });
    router.originate('tau', { capabilities: ['coding/go'] });
    router.announce('a', '~coding/go', { asPath: [65010] });
    expect(names(router, '~coding/go')).toEqual(['server0/tau', 'server0/two', 'server0/three', 'server0/one']);
    expect(names(router, '~coding/go', { required: ['english'] })).toEqual(['server0/one']);
    expect(names(router, '~coding/go', { from: 'a' })).toEqual(['server0/tau', 'server0/two', 'server0/one']);
  });

  it('to a capability of others have that capability, whatever else is said of them', () => {
    router.announce('a', '~coding/go');
    expect(names(router, '~coding/go', { required: ['coding'] })).toEqual(['a/~coding/go']);
    expect(names(router, '~coding/go', { required: ['cooking'] })).toEqual([]);
  });

  it('to an aggregate of others may have what lies below it: the router that made it knows', () => {
    router.announce('a', '~cooking', { aggregate: true });
    router.announce('b', '~cooking', { capabilities: ['english'] });
    expect(names(router, '~cooking', { required: ['cooking/stew'] })).toEqual(['a/~cooking']);
    expect(names(router, '~cooking', { required: ['english'] })).toEqual(['b/~cooking']);
  });

  it('include for a peer what it was only told of by an aggregate', () => {
    const summary = new Router({ aggregates: [{ nlri: '~coding', summaryOnly: true }] });
    summary.up('a', 65010);
    summary.originate('gopher', { capabilities: ['coding/go'] });
    expect(Object.keys(summary.adjRibOut('a'))).toEqual(['gopher', '~coding']);
    expect(names(summary, '~coding/go', { from: 'a' })).toEqual(['server0/gopher']);
    expect(names(summary, '~coding', { from: 'a' })).toEqual([]);
  });
});

describe('a call that names a next hop, or that finds its route in dispute', () => {
  const router = new Router();
  for (const [at, id] of ['a', 'b'].entries()) {
    router.up(id, 65010 + at, { holdTimeSeconds: 0 });
    router.announce(id, AGENT, { asPath: [65010 + at, 65099], med: 900 });
  }

  it('takes only the routes that its caller means', () => {
    expect(names(router, AGENT, { only: ({ source }) => source.kind === 'peer' && source.id === 'b' })).toEqual([
      'b/weatherAgent',
    ]);
    expect(names(router, AGENT, { only: () => false })).toEqual([]);
  });

  it('tries the route that is held before the one that would be better', () => {
    for (let med = 500; med > 478; med--) {
      const id = med % 2 === 0 ? 'b' : 'a';
      router.announce(id, AGENT, { asPath: [id === 'a' ? 65010 : 65011, 65099], med });
    }
    const found = destination(router.speaker, AGENT)!;
    expect(found.heldUntil).toBeDefined();
    expect(explain(router.speaker, found)).toMatchObject([{ reason: 'held-down' }]);
    const [held, better] = found.best?.source.kind === 'peer' && found.best.source.id === 'a' ? ['a', 'b'] : ['b', 'a'];
    expect(names(router, AGENT)).toEqual([`${held}/weatherAgent`, `${better}/weatherAgent`]);
    const crossed = [{ asn: held === 'a' ? 65010 : 65011, routerId: held === 'a' ? '10.1.0.1' : '10.1.0.2' }];
    expect(names(router, AGENT, { crossed })).toEqual([`${better}/weatherAgent`]);
  });
});

describe('a call that comes back', () => {
  it('is known by router id and AS (RFC 6286 §2.1)', () => {
    const { speaker } = new Router();
    const other = { asn: 65010, routerId: '10.0.0.2' };
    expect(hasCrossed(speaker, [other, { asn: 65000, routerId: '10.0.0.1' }])).toBe(true);
    expect(hasCrossed(speaker, [other, { asn: 65010, routerId: '10.0.0.1' }])).toBe(false);
    expect(hasCrossed(speaker, [])).toBe(false);
  });
});

describe('the longest match (RFC 4632 §5.1)', () => {
  it('is what a search through all prefixes finds', () => {
    const path = fc
      .array(fc.constantFrom('a', 'b', 'ab'), { minLength: 1, maxLength: 5 })
      .map((parts) => parts.join('/'));
    fc.assert(
      fc.property(fc.uniqueArray(path, { maxLength: 20 }), path, (known, wanted) => {
        const router = new Router();
        router.up('p', 65010);
        router.announce(
          'p',
          known.map((each) => `~${each}`),
        );
        const covering = known.filter((each) => wanted === each || wanted.startsWith(`${each}/`));
        const longest = covering.sort((a, b) => b.length - a.length)[0];
        const found = longestMatch(router.speaker, wanted);
        return (found && idOf(found.nlri)) === longest;
      }),
    );
  });

  it('passes over what cannot be chosen', () => {
    const router = new Router();
    router.up('p', 65010);
    router.announce('p', '~coding');
    router.announce('p', '~coding/go', { asPath: [65010, 65000] });
    expect(longestMatch(router.speaker, 'coding/go')?.nlri).toBe('~coding');
  });

  it('ends at an own aggregate that does not cover it, and follows no shorter prefix', () => {
    const router = new Router({ aggregates: [{ nlri: '~coding/web', summaryOnly: true }] });
    router.up('p', 65010);
    router.announce('p', ['~coding', '~coding/web/css']);
    expect(longestMatch(router.speaker, 'coding/web/css')?.nlri).toBe('~coding/web/css');
    expect(longestMatch(router.speaker, 'coding/web/html')).toBeUndefined();
    expect(longestMatch(router.speaker, 'coding/go')?.nlri).toBe('~coding');
    router.originate('generalist', { capabilities: ['coding/web'] });
    expect(longestMatch(router.speaker, 'coding/web/html')?.nlri).toBe('~coding/web');
    expect(names(router, '~coding/web')).toEqual(['server0/generalist']);
  });
});

describe('what is known of a destination', () => {
  it('is every route, the best one, those that share the load, and why the others lost', () => {
    const router = new Router();
    router.up('a', 65010);
    router.up('b', 65020);
    router.up('c', 65030);
    router.announce('a', AGENT, { asPath: [65010, 65099] });
    router.announce('b', AGENT, { asPath: [65020, 65099] });
    router.announce('c', AGENT, { asPath: [65030, 65099], med: 25 });
    const found = destination(router.speaker, AGENT)!;
    expect(found.best?.source).toMatchObject({ id: 'a' });
    expect(found.multipath.map(({ source }) => source)).toMatchObject([{ id: 'a' }, { id: 'b' }]);
    expect(found.heldUntil).toBeUndefined();
    expect(explain(router.speaker, found).map(({ route, reason }) => [route.source, reason])).toMatchObject([
      [{ id: 'c' }, 'med'],
      [{ id: 'b' }, 'originator-id'],
    ]);
    expect(names(router, AGENT)).toEqual(['a/weatherAgent', 'b/weatherAgent', 'c/weatherAgent']);
  });

  it('includes destinations that nothing leads to', () => {
    const router = new Router();
    router.up('a', 65010);
    router.announce('a', AGENT, { asPath: [65010, 65000] });
    const [only] = [...locRib(router.speaker)];
    expect(only).toMatchObject({ nlri: AGENT, best: undefined, multipath: [] });
    expect(names(router, AGENT)).toEqual([]);
    expect(explain(router.speaker, only!)).toMatchObject([{ reason: 'ineligible' }]);
  });

  it('is nothing where nobody told of it', () => {
    expect(destination(new Router().speaker, AGENT)).toBeUndefined();
  });
});

describe('why a route is the first', () => {
  it('is told of all that could take the call, also where they are no failover for it (§9.1.2.2 of RFC 4271)', () => {
    const router = new Router();
    const why = (asking: Partial<Asking> = {}) => {
      const wanted = { ...HERE, ...asking };
      const [first] = callRoutes(router.speaker, '~coding', wanted);
      return contest(router.speaker, '~coding', wanted, first!);
    };
    router.up('a', 65010);
    router.up('b', 65020);
    router.announce('a', '~coding', { asPath: [65010, 65098] });
    expect(why()).toEqual({ candidates: 1, decidedBy: 'only-candidate' });
    router.announce('b', '~coding', { asPath: [65020] });
    expect(names(router, '~coding')).toEqual(['b/~coding']);
    expect(why()).toEqual({ candidates: 2, decidedBy: 'as-path' });
    router.originate('one', { capabilities: ['coding'] });
    expect(why()).toEqual({ candidates: 3, decidedBy: 'locally-originated' });
    router.originate('two', { capabilities: ['coding'] });
    expect(why()).toEqual({ candidates: 4, decidedBy: 'name' });
    expect(why({ only: ({ source }) => source.kind === 'peer' })).toEqual({ candidates: 2, decidedBy: 'as-path' });
  });
});

describe('the state of a peer', () => {
  it('is that of the connection that has got farthest', () => {
    const router = new Router();
    router.configure('dialled', 65_010, { passive: false });
    router.configure('waited for', 65_020);
    router.up('up', 65_030);
    const states = [...router.speaker.peers.values()].map(peerState);
    expect(states).toEqual(['connect', 'active', 'established']);
  });
});
