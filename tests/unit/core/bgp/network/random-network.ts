import { ACCEPT_ALL, type Policy, type Statement } from '../../../../../src/core/bgp/policy/policy.ts';
import { createRandom, type Random } from '../../../../../src/core/simulator/random.ts';
import type { Action } from '../../../../../src/core/simulator/read-script.ts';
import type { Simulation } from '../../../../../src/core/simulator/simulate.ts';
import {
  agentSpec,
  DEFAULT_END,
  linkKey,
  type AgentSpec,
  type EndSpec,
  type LinkSpec,
  type RouterSpec,
} from '../../../../../src/core/simulator/topology.ts';

/** What another AS is to an AS. */
export type Relation = 'customer' | 'peer' | 'provider';

/** By what the ASes of a network choose: nothing but the path, their relationships, or whatever comes to their mind. */
export type Preferences = 'none' | 'relationship' | 'arbitrary';

/** A network with everything that will happen to it, and what the oracle must know of its end. */
export interface Network {
  readonly simulation: Simulation;
  readonly routers: readonly RouterSpec[];
  readonly calls: number;
  /** From when on nothing changes any more. */
  readonly restsAtMs: number;
  /** Routers that are down at the end. */
  readonly down: ReadonlySet<string>;
  router(name: string): RouterSpec;
  /** Routers to which a session is up at the end. */
  peersOf(name: string): readonly string[];
  isClient(of: string, name: string | undefined): boolean;
  refuses(router: string, fromAsn: number, nlri: string): boolean;
  /** Whether policy of a router could be against an agent of a neighbour, for itself or for whom it would tell. */
  canRefuse(router: string, fromAsn: number, to: string | undefined): boolean;
  mayExport(fromAsn: number, toAsn: number, learnedFrom: Relation | 'own'): boolean;
  relation(asn: number, peerAsn: number): Relation;
  localPref(router: string, fromAsn: number): number;
}

const AGENTS = ['ada', 'bob', 'cyd', 'dan'];
const CAPABILITIES = ['coding', 'coding/typescript', 'writing'];
const BY_RELATION = { customer: 300, peer: 200, provider: 100 } as const;
/** Above all that a neighbour's route may get: who has an agent of its own does not look for another one. */
const OWN_PREF = 400;
const SCRIPT_MS = 60_000;
/** After the last fault, the last hold time and the last graceful restart. */
const REST_MS = 500_000;

interface Refusal {
  readonly asn: number;
  readonly agent: string;
}

interface Draft {
  readonly random: Random;
  readonly preferences: Preferences;
  readonly routers: RouterSpec[];
  readonly links: LinkSpec[];
  /** Pairs of ASes: what the second is to the first. */
  readonly relations: Map<string, Relation>;
  readonly prefs: Map<string, number>;
  readonly refusals: Map<string, Refusal[]>;
  readonly clients: Set<string>;
}

/** A network drawn from a seed: three to forty routers in ASes of one to five, equal router ids in different ASes. */
export function randomNetwork(seed: number, preferences: Preferences, most = 40): Network {
  const random = createRandom(seed, 99);
  const draft: Draft = {
    random,
    preferences,
    routers: [],
    links: [],
    relations: new Map(),
    prefs: new Map(),
    refusals: new Map(),
    clients: new Set(),
  };
  // Small networks are drawn more often: they fail in ways that can be read.
  const size = 3 + Math.floor((most - 2) * random.next() ** 2);
  addSystems(draft, size);
  connectSystems(draft);
  const script = drawScript(draft);
  const routers = draft.routers.map((router) => ({ ...router, policy: policyOf(draft, router.name, false) }));
  const simulation: Simulation = {
    topology: { routers, links: draft.links },
    script,
    seed,
    latencyMs: [1, random.pick([10, 50, 200])],
    reorder: random.pick([0, 0.5, 3]),
    loss: random.pick([0, 0, 0.02, 0.1]),
  };
  return describeEnd(draft, simulation, endOf(script));
}

function addSystems(draft: Draft, size: number): void {
  const { random, routers, links } = draft;
  for (let asn = 65_001; routers.length < size; asn++) {
    const count = Math.min(size - routers.length, random.pick([1, 1, 1, 2, 3, 4, 5]));
    const members = Array.from({ length: count }, (_, i): RouterSpec => {
      const agents = random.next() < 0.3 ? drawAgents(draft) : [];
      return { name: `r${asn - 65_000}.${i + 1}`, asn, routerId: `10.0.0.${i + 1}`, agents };
    });
    routers.push(...members);
    const reflector = count >= 3 && random.next() < 0.5 ? members[0] : undefined;
    for (const [i, member] of members.entries()) {
      for (const other of members.slice(0, i)) {
        if (reflector !== undefined && other !== reflector) continue;
        links.push(drawLink(draft, other, member, reflector !== undefined));
        if (reflector !== undefined) draft.clients.add(`${reflector.name} ${member.name}`);
      }
    }
  }
  if (routers.every(({ agents }) => agents.length === 0)) routers[0] = { ...routers[0]!, agents: drawAgents(draft) };
}

function drawAgents(
  { random, preferences }: Draft,
  ids = random.shuffle(AGENTS).slice(0, random.between(1, 2)),
): AgentSpec[] {
  return ids.map((id) =>
    agentSpec(id, {
      med: random.pick([0, 0, 25, 50]),
      capabilities: random.next() < 0.5 ? [random.pick(CAPABILITIES)] : [],
      ...(preferences === 'relationship' ? { localPref: OWN_PREF } : {}),
    }),
  );
}

function drawLink({ random }: Draft, a: RouterSpec, b: RouterSpec, client: boolean): LinkSpec {
  const passive = random.next() < 0.2;
  const drawEnd = (more: Partial<EndSpec>): EndSpec => ({
    ...DEFAULT_END,
    mrai: random.pick([0, 0, 0, 100, 2000]),
    proofs: random.next() < 0.9,
    restartTimeSeconds: random.pick([0, 0, 20]),
    holdTimeSeconds: random.pick([90, 90, 9]),
    ...more,
  });
  return { between: [a.name, b.name], ends: { [a.name]: drawEnd({ client, passive }), [b.name]: drawEnd({}) } };
}

function connectSystems(draft: Draft): void {
  const { random, routers, links } = draft;
  const asns = [...new Set(routers.map(({ asn }) => asn))];
  const linked = new Set(links.map(({ between: [a, b] }) => linkKey(a, b)));
  const connect = (asn: number, otherAsn: number): void => {
    const [a, b] = [asn, otherAsn].map((of) => random.pick(routers.filter((router) => router.asn === of)));
    if (asn === otherAsn || linked.has(linkKey(a!.name, b!.name))) return;
    linked.add(linkKey(a!.name, b!.name));
    links.push(drawLink(draft, a!, b!, false));
    if (!draft.relations.has(`${asn} ${otherAsn}`)) relate(draft, asn, otherAsn);
  };
  for (const [i, asn] of asns.entries()) if (i > 0) connect(asns[random.below(i)]!, asn);
  for (let extra = random.below(asns.length * 2); extra > 0; extra--) connect(random.pick(asns), random.pick(asns));
}

/** Providers have lower numbers than their customers, so that nobody is his own customer in the end. */
function relate({ random, relations, prefs }: Draft, asn: number, otherAsn: number): void {
  const [upper, lower] = [Math.min(asn, otherAsn), Math.max(asn, otherAsn)];
  const arePeers = random.next() < 0.3;
  relations.set(`${upper} ${lower}`, arePeers ? 'peer' : 'customer');
  relations.set(`${lower} ${upper}`, arePeers ? 'peer' : 'provider');
  prefs.set(`${upper} ${lower}`, random.pick([50, 100, 150, 200]));
  prefs.set(`${lower} ${upper}`, random.pick([50, 100, 150, 200]));
}

/** What is broken at the end of a script. */
interface End {
  readonly down: Set<string>;
  readonly cut: Set<string>;
}

function endOf(script: readonly Action[]): End {
  const end: End = { down: new Set(), cut: new Set() };
  for (const action of script) {
    if (action.do === 'crash') end.down.add(action.router);
    if (action.do === 'restart') end.down.delete(action.router);
    if (action.do === 'cut') end.cut.add(linkKey(...action.link));
    if (action.do === 'restore') end.cut.delete(linkKey(...action.link));
  }
  return end;
}

/** Draws what happens; what was broken is mostly mended when the same thing is drawn again. */
function drawScript(draft: Draft): Action[] {
  const { random, routers, links } = draft;
  const times = Array.from({ length: random.between(2, 12) }, () => random.below(SCRIPT_MS)).sort((a, b) => a - b);
  const broken: End = { down: new Set(), cut: new Set() };
  const actions: Action[] = times.flatMap((at) => drawAction(draft, at, broken));
  if (actions.some((action) => action.do === 'partition'))
    actions.push({ at: SCRIPT_MS + random.below(120_000), do: 'heal' });
  for (let i = 0; i < 12; i++) {
    const at = i < 8 ? random.below(SCRIPT_MS + 5000) : REST_MS;
    actions.push({ at, do: 'call', router: random.pick(routers).name, target: random.pick([...AGENTS, '~coding']) });
  }
  if (links.length === 0) throw new Error('a network of several routers has links');
  return actions.sort((a, b) => a.at - b.at);
}

function drawAction(draft: Draft, at: number, broken: End): Action[] {
  const { random, routers, links } = draft;
  const router = random.pick(routers).name;
  const link = random.pick(links).between as [string, string];
  const key = linkKey(...link);
  switch (random.below(9)) {
    case 0:
    case 1:
      return [{ at, do: 'announce', router, agents: drawAgents(draft) }];
    case 2:
      return [{ at, do: 'withdraw', router, agents: [...AGENTS] }];
    case 3:
      return [{ at, do: 'health', router, agent: random.pick(AGENTS), med: random.pick([0, 25, 75]) }];
    case 4:
      if (broken.cut.delete(key)) return [{ at, do: 'restore', link }];
      broken.cut.add(key);
      return [{ at, do: 'cut', link }];
    case 5:
    case 6: {
      const clockOffsetMs = -random.below(3_600_000);
      if (broken.down.delete(router)) return [{ at, do: 'restart', router, clockOffsetMs }];
      // Most come back soon, before anyone gave up on them.
      if (random.next() < 0.7)
        return [
          { at, do: 'crash', router },
          { at: at + random.below(3000), do: 'restart', router, clockOffsetMs },
        ];
      broken.down.add(router);
      return [{ at, do: 'crash', router }];
    }
    case 7:
      return [
        {
          at,
          do: 'partition',
          routers: random
            .shuffle(routers)
            .slice(0, random.between(1, routers.length))
            .map(({ name }) => name),
        },
      ];
    default:
      return [{ at, do: 'policy', router, policy: policyOf(draft, router, true) }];
  }
}

/** The policy of a router; a new one refuses some agents of some neighbours, which the oracle then knows too. */
function policyOf(draft: Draft, router: string, refuse: boolean): Policy {
  const { random, preferences, refusals } = draft;
  if (refuse) {
    const asns = neighborAsns(draft, router);
    const drawn = asns.filter(() => random.next() < 0.4).map((asn) => ({ asn, agent: random.pick(AGENTS) }));
    refusals.set(router, drawn);
  }
  const refused = refuse ? (refusals.get(router) ?? []) : [];
  const refusing = refused.map(({ asn, agent }) =>
    statement('reject', { match: { peers: [asn], agentPrefixes: [agent], families: ['agent'] } }),
  );
  const preferring = preferences === 'none' ? [] : preferringStatements(draft, router);
  const exporting = preferences === 'relationship' ? exportStatements(draft, router) : [];
  return {
    ...ACCEPT_ALL,
    import: { direction: 'import', statements: [...refusing, ...preferring], otherwise: 'accept' },
    export: { direction: 'export', statements: exporting, otherwise: 'accept' },
  };
}

function preferringStatements(draft: Draft, router: string): Statement[] {
  const { asn } = draft.routers.find(({ name }) => name === router)!;
  return neighborAsns(draft, router).map((peerAsn) => {
    const match = { peers: [peerAsn] };
    if (draft.preferences === 'arbitrary') {
      return statement('modify', { match, set: { localPref: draft.prefs.get(`${asn} ${peerAsn}`)! } });
    }
    const relation = draft.relations.get(`${asn} ${peerAsn}`)!;
    const others = Object.keys(BY_RELATION).filter((other) => other !== relation);
    const set = {
      localPref: BY_RELATION[relation],
      removeCommunities: others.map((other) => `from-${other}`),
      addCommunities: [`from-${relation}`],
    };
    return statement('modify', { match, set });
  });
}

/** What comes from a peer or provider goes to customers only (Gao and Rexford 2001). */
function exportStatements(draft: Draft, router: string): Statement[] {
  const { asn } = draft.routers.find(({ name }) => name === router)!;
  const above = neighborAsns(draft, router).filter((peer) => draft.relations.get(`${asn} ${peer}`) !== 'customer');
  if (above.length === 0) return [];
  return [statement('reject', { match: { peers: above, communities: ['from-peer', 'from-provider'] } })];
}

function statement(action: Statement['action'], rest: Partial<Statement>): Statement {
  return { name: undefined, match: {}, action, set: {}, continue: false, ...rest };
}

function neighborAsns({ routers, links }: Draft, router: string): number[] {
  const asnOf = new Map(routers.map(({ name, asn }) => [name, asn]));
  const peers = links.filter(({ between }) => between.includes(router)).flatMap(({ between }) => between);
  return [...new Set(peers.map((name) => asnOf.get(name)!))].filter((asn) => asn !== asnOf.get(router));
}

function describeEnd(draft: Draft, simulation: Simulation, end: End): Network {
  const { preferences, routers, relations, refusals, clients } = draft;
  const byName = new Map(routers.map((router) => [router.name, router]));
  const peers = new Map<string, string[]>(routers.map(({ name }) => [name, []]));
  for (const { between } of draft.links) {
    const [a, b] = between;
    if (end.cut.has(linkKey(a, b)) || end.down.has(a) || end.down.has(b)) continue;
    peers.get(a)!.push(b);
    peers.get(b)!.push(a);
  }
  const relation = (asn: number, peerAsn: number): Relation => relations.get(`${asn} ${peerAsn}`)!;
  return {
    simulation,
    routers,
    restsAtMs: REST_MS,
    calls: simulation.script!.filter((action) => action.do === 'call').length,
    down: end.down,
    router: (name) => byName.get(name)!,
    peersOf: (name) => peers.get(name)!,
    isClient: (of, name) => name !== undefined && clients.has(`${of} ${name}`),
    refuses: (name, fromAsn, nlri) =>
      refusals.get(name)?.some(({ asn, agent }) => asn === fromAsn && agent === nlri) ?? false,
    canRefuse: (name, fromAsn, to) => {
      if (refusals.get(name)?.some(({ asn }) => asn === fromAsn) === true) return true;
      const [asn, toAsn] = [byName.get(name)!.asn, to === undefined ? undefined : byName.get(to)!.asn];
      if (preferences !== 'relationship' || toAsn === undefined || toAsn === asn) return false;
      return relation(asn, toAsn) !== 'customer';
    },
    mayExport: (fromAsn, toAsn, learnedFrom) => {
      if (preferences !== 'relationship' || relation(fromAsn, toAsn) === 'customer') return true;
      return learnedFrom === 'own' || learnedFrom === 'customer';
    },
    relation,
    localPref: (name, fromAsn) => {
      const { asn } = byName.get(name)!;
      if (preferences === 'none') return 100;
      return preferences === 'relationship'
        ? BY_RELATION[relation(asn, fromAsn)]
        : draft.prefs.get(`${asn} ${fromAsn}`)!;
    },
  };
}
