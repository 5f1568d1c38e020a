import { describe, expect, it } from 'vitest';
import { baseUrl } from '../../../../src/data-plane/forwarding/base-url.ts';
import { resolve, type Query } from '../../../../src/data-plane/forwarding/resolve.ts';
import { parseTarget } from '../../../../src/data-plane/forwarding/target.ts';
import { routingTable } from '../../../../src/data-plane/forwarding/routing-table.ts';
import { policyOf, Router } from '../../core/bgp/support/router.ts';

/**
 * The topology: the agent `own` of a server of ours, the router `friend` of AS 65010, and the router `stranger` of AS
 * 65020.
 */
interface Known {
  /** Our own agents, with the capabilities that they declare. */
  readonly own?: Readonly<Record<string, readonly string[]>>;
  /** Our own agents whose capabilities are inferred. */
  readonly guessed?: Readonly<Record<string, readonly string[]>>;
  readonly friend?: Readonly<Record<string, readonly string[]>>;
  readonly stranger?: Readonly<Record<string, readonly string[]>>;
}

const INFERRED = 'inferred';

function routerOf({ own = {}, guessed = {}, friend = {}, stranger = {} }: Known, policy = policyOf({})): Router {
  const router = new Router({ policy, reservedNames: new Set(['server0', 'friend', 'stranger']) });
  router.up('friend', 65010);
  router.up('stranger', 65020);
  for (const [agent, capabilities] of Object.entries(own)) router.originate(agent, { capabilities });
  for (const [agent, capabilities] of Object.entries(guessed)) {
    router.originate(agent, { capabilities, communities: [INFERRED] });
  }
  for (const [id, agents] of [
    ['friend', friend],
    ['stranger', stranger],
  ] as const) {
    for (const [agent, capabilities] of Object.entries(agents)) {
      router.announce(id, [agent, ...capabilities.map((path) => `~${path}`)], { capabilities, localPref: 900 });
    }
  }
  return router;
}

function lookUp(router: Router, name: string, more: Partial<Query> & { readonly serverUrl?: string } = {}) {
  const { serverUrl, ...rest } = more;
  return resolve(routingTable(router.speaker), {
    target: parseTarget(name, (word) => word === 'server0'),
    ownAsn: 65000,
    nextHop: serverUrl === undefined ? undefined : baseUrl(serverUrl),
    requiredCapabilities: [],
    constraints: {},
    ...rest,
  });
}

/** Returns the next hop and the requested id of a call, or the outcome if there is no route. */
function answering(router: Router, name: string, more: Parameters<typeof lookUp>[2] = {}): string {
  const found = lookUp(router, name, more);
  if (found.outcome === 'denied') return `denied by ${found.place}`;
  if (found.outcome !== 'resolved') return found.outcome;
  const [route] = found.routes;
  const { source, nlri } = route!;
  return `${source.kind === 'self' ? 'self' : source.id}/${nlri}`;
}

const CODER = { coder: ['coding/typescript', 'reviews'] };

describe('the name of a target, looked up', () => {
  it.each<[string, Known, string, string]>([
    // A path: our own id, a capability, the id of another router's agent.
    ['our own id', { own: { 'a/b': [], ...CODER } }, 'a/b', 'server0/a/b'],
    ['our own id', { own: { 'coding/typescript': [], ...CODER } }, 'coding/typescript', 'server0/coding/typescript'],
    ['our own capability', { own: CODER, stranger: { 'coding/typescript': [] } }, 'coding/typescript', 'server0/coder'],
    [
      'our own capability',
      { own: CODER, stranger: { 'coding/typescript/x': [] } },
      'coding/typescript/x',
      'server0/coder',
    ],
    [
      'a capability of another',
      { friend: CODER, stranger: { 'coding/typescript': [] } },
      'coding/typescript',
      'friend/~coding/typescript',
    ],
    [
      'a shorter capability',
      { friend: { jack: ['coding'] }, stranger: { 'coding/go': [] } },
      'coding/go',
      'friend/~coding',
    ],
    [
      'the longest capability',
      { own: { jack: ['coding'] }, friend: { gopher: ['coding/go'] } },
      'coding/go',
      'friend/~coding/go',
    ],
    ['the id of another', { own: CODER, friend: { 'team/weather': [] } }, 'team/weather', 'friend/team/weather'],
    [
      'the id of another',
      { guessed: { team: ['team', 'weather'] }, friend: { 'team/weather': [] } },
      'team/weather',
      'friend/team/weather',
    ],
    ['a guess', { guessed: { team: ['team', 'weather'] } }, 'team/weather', 'server0/team'],
    [
      'our own capability beside a guess',
      { own: CODER, guessed: { able: ['coding/typescript'] }, stranger: { 'coding/typescript': [] } },
      'coding/typescript',
      'server0/able',
    ],
    // A word: our own id, our own capability, the id of another router's agent, its capability.
    ['our own id', { own: { reviews: [], ...CODER } }, 'reviews', 'server0/reviews'],
    ['our own capability', { own: CODER, stranger: { reviews: [] } }, 'reviews', 'server0/coder'],
    ['the id of another', { friend: CODER, stranger: { reviews: [] } }, 'reviews', 'stranger/reviews'],
    ['a capability of another', { friend: CODER }, 'reviews', 'friend/~reviews'],
    ['the id of another before a guess', { guessed: CODER, friend: { reviews: [] } }, 'reviews', 'friend/reviews'],
    ['a guess', { guessed: CODER }, 'reviews', 'server0/coder'],
    [
      'an id of ours that is the better route at another',
      { own: { reviews: [] }, friend: { reviews: [] } },
      'reviews',
      'server0/reviews',
    ],
    // Qualified by an AS or a server.
    [
      'that AS',
      { own: CODER, friend: { 'team/weather': [] }, stranger: { 'team/weather': [] } },
      'as65020:team/weather',
      'stranger/team/weather',
    ],
    [
      'that AS',
      { own: CODER, stranger: { 'coding/typescript': [] } },
      'AS65020:coding/typescript',
      'stranger/coding/typescript',
    ],
    ['that AS, by capability', { own: CODER, friend: CODER }, 'as65010:coding/typescript', 'friend/~coding/typescript'],
    ['that AS, by a word', { own: CODER, friend: CODER }, 'as65010:reviews', 'friend/~reviews'],
    ['our AS', { own: CODER, friend: { coder: [] } }, 'as65000:coder', 'server0/coder'],
    ['that server', { own: CODER, friend: { coder: [] } }, 'server0:coder', 'server0/coder'],
    ['that server, by capability', { own: CODER, friend: CODER }, 'server0:reviews', 'server0/coder'],
    ['no agent', { friend: { payroll: [] } }, 'as65110:payroll', 'unknown'],
    ['no agent', { friend: CODER }, 'as65110:coding/typescript', 'unknown'],
    ['no agent', { friend: { x: [] } }, 'server7:x', 'unknown'],
    [
      'no agent, whatever a foreign agent is called',
      { stranger: { 'as65110:payroll': ['as65110:payroll'] } },
      'as65110:payroll',
      'unknown',
    ],
    [
      'no agent, whatever a foreign agent is called',
      { stranger: { 'server7:x': ['server7:x'] } },
      'Server7:x',
      'unknown',
    ],
    ['no agent, whatever a foreign agent is called', { stranger: { 'Friend:x': ['Friend:x'] } }, 'Friend:x', 'unknown'],
    [
      'no agent, whatever a foreign agent is called',
      { stranger: { 'SERVER0:x': ['SERVER0:x'] } },
      'SERVER0:x',
      'unknown',
    ],
    // Names that read as qualified and are our own ids.
    ['our own literal id', { own: { 'as65110:x': [] } }, 'as65110:x', 'server0/as65110:x'],
    ['our own literal id', { own: { 'server7:x': [] }, stranger: { x: [] } }, 'server7:x', 'server0/server7:x'],
    [
      'the qualified reading before our own literal id',
      { own: { 'as65010:x': [] }, friend: { x: [] } },
      'as65010:x',
      'friend/x',
    ],
    [
      'our own literal id if that AS has none',
      { own: { 'as65010:x': [] }, stranger: { x: [] } },
      'as65010:x',
      'server0/as65010:x',
    ],
    ['no agent by another case', { own: { 'as65110:x': [] } }, 'AS65110:x', 'unknown'],
    ['an id that does not read as qualified', { friend: { 'urn:agent:7': [] } }, 'urn:agent:7', 'friend/urn:agent:7'],
  ])('leads to %s: %j, %s -> %s', (_, known, name, expected) => {
    expect(answering(routerOf(known), name)).toBe(expected);
  });

  it('by a URL takes the route of the reading at that URL', () => {
    const router = routerOf({ own: CODER, friend: CODER, stranger: { 'coding/typescript': [] } });
    const at = (name: string, host: string) => answering(router, name, { nextHop: `http://${host}` });
    expect(at('coding/typescript', 'friend')).toBe('friend/~coding/typescript');
    expect(at('coding/typescript', 'stranger')).toBe('stranger/coding/typescript');
    expect(at('coding/typescript', '127.0.0.1:4111')).toBe('server0/coder');
    expect(at('coding/typescript', 'elsewhere')).toBe('unknown');
  });
});

describe('a reading that policy denies', () => {
  const hides = (id: string) => policyOf({ import: [{ match: { agentPrefixes: [id] }, action: 'reject' }] });

  it('is not skipped in favour of one that means another agent', () => {
    const known = { friend: { payroll: ['finance/payroll'] }, stranger: { 'finance/payroll': [] } };
    const router = routerOf(known, hides('payroll'));
    expect(answering(router, 'finance/payroll')).toBe('denied by import[0]');
    expect(answering(router, 'as65020:finance/payroll')).toBe('stranger/finance/payroll');
  });

  it('is skipped in favour of another peer with the same capability', () => {
    const known = { friend: { payroll: ['finance/payroll'] }, stranger: { clerk: ['finance/payroll'] } };
    expect(answering(routerOf(known, hides('payroll')), 'finance/payroll')).toBe('stranger/clerk');
  });

  it('ends the lookup of one of our literal ids', () => {
    const router = routerOf({ own: { 'as65010:x': [] }, friend: { x: [] } }, hides('x'));
    expect(answering(router, 'as65010:x')).toBe('denied by import[0]');
  });
});
