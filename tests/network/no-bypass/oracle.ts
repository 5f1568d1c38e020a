import type { PathAttributes } from '../../../src/core/bgp/packet/attributes.ts';
import type { Chain } from '../../../src/core/bgp/policy/policy.ts';
import type { Route } from '../../../src/core/bgp/rib/route.ts';
import type { Speakers } from './converge.ts';
import { globMeans, judge, type Judged, type Judgement, type Neighbor } from './judge.ts';
import type { Case, CaseAgent, CaseEnd, CaseRouter, CaseStub } from './random-case.ts';
import { GUEST } from './vocabulary.ts';

/** Where a route comes from: a server beside the router, or a peer. */
export type From = { readonly stub: CaseStub } | { readonly peer: string };

/** The case, and what its routers were told, as those ask that judge calls. It judges nothing by code of the core. */
export class Oracle {
  readonly drawn: Case;
  readonly #speakers: Speakers;
  readonly #ends = new Map<string, CaseEnd>();

  constructor(drawn: Case, speakers: Speakers) {
    this.drawn = drawn;
    this.#speakers = speakers;
    for (const { between, ends } of drawn.links) {
      const [a, b] = between;
      this.#ends.set(`${a} ${b}`, ends[a]!).set(`${b} ${a}`, ends[b]!);
    }
  }

  router(name: string): CaseRouter {
    return this.drawn.routers.find((router) => router.name === name)!;
  }

  peersOf(router: string): readonly string[] {
    return this.drawn.routers.map(({ name }) => name).filter((name) => this.#ends.has(`${router} ${name}`));
  }

  /** True if a peer announces to a router only capabilities, not the agents behind them. */
  isReticent(router: string, peer: string): boolean {
    return this.#end(router, peer).isReticent;
  }

  /** The attributes under which a peer told a router of something. */
  told(router: string, peer: string, nlri: string): PathAttributes | undefined {
    return this.#speakers.get(router)!.peers.get(peer)!.adjRibIn.get(nlri)?.received;
  }

  /** Everything that a peer told a router of. */
  toldAll(router: string, peer: string): readonly Route[] {
    return [...this.#speakers.get(router)!.peers.get(peer)!.adjRibIn.values()];
  }

  /** What leads the routing table of a router to a name. */
  best(router: string, nlri: string): Route | undefined {
    return this.#speakers.get(router)!.locRib.get(nlri)?.best;
  }

  /** The ids and capabilities that a router has a route to. */
  known(router: string): readonly Route[] {
    return [...this.#speakers.get(router)!.locRib.entries()].flatMap(({ best }) => best ?? []);
  }

  /** The longest capability path that covers another one and that a router has a route to. */
  coverOf(router: string, path: string): string | undefined {
    for (let prefix = path; prefix !== ''; prefix = prefix.slice(0, Math.max(0, prefix.lastIndexOf('/')))) {
      if (this.best(router, `~${prefix}`) !== undefined) return prefix;
    }
    return undefined;
  }

  /** True if a router must not know the id of a peer's agent, because it reads as qualified. */
  isMalformed(router: string, id: string): boolean {
    if (id.startsWith('~') || !id.includes(':')) return false;
    const word = id.slice(0, id.indexOf(':')).toLowerCase();
    const names = [...this.router(router).stubs.map(({ name }) => name), ...this.peersOf(router)];
    return /^(?:as|server)\d+$/.test(word) || names.includes(word);
  }

  /** What the limits of a peer and import policy make of a route to an agent or a capability. */
  imports(router: string, from: From, given: Judged): Judgement {
    const limit = 'peer' in from ? this.limitOn(router, from.peer, given) : undefined;
    return limit === undefined ? this.policyImports(router, from, given) : { rejectedBy: limit };
  }

  /** Which limit of a peer is against a route. */
  limitOn(router: string, peer: string, { nlri, asPath }: Pick<Judged, 'nlri' | 'asPath'>): string | undefined {
    const { allowAgents, allowOrigins } = this.#end(router, peer);
    if (allowAgents?.some((glob) => globMeans(glob, nlri.replace(/^~/, ''))) === false) return 'allowAgents';
    const origins = asPath.slice(-1).flat();
    const isAllowed = allowOrigins === undefined || origins.every((origin) => allowOrigins.includes(origin));
    return isAllowed ? undefined : 'allowOrigins';
  }

  /** What import policy alone makes of a route. */
  policyImports(router: string, from: From, given: Judged): Judgement {
    const me = this.router(router);
    if ('stub' in from) {
      const { asn, name } = from.stub;
      return judge(me.policy.import, given, { asn, name, prepends: asn });
    }
    const { asn } = this.router(from.peer);
    const { policy = me.policy } = this.#end(router, from.peer);
    const communities = given.communities.filter((one) => one !== 'internal');
    const seen = asn === me.asn ? given : { ...given, communities };
    return judge(policy.import, seen, { asn, name: from.peer, prepends: asn });
  }

  /** Why a router may not tell an asker of a route, or carry the asker's call there; undefined if it may. */
  exportFault(router: string, asker: string, from: From, route: Judged): string | undefined {
    const { asn } = this.router(router);
    const askerAsn = this.#asnOf(asker);
    const isExternal = askerAsn !== asn;
    if (route.communities.includes('no-advertise')) return 'no-advertise';
    if (isExternal && route.communities.includes('no-export')) return 'no-export';
    if ('peer' in from && !this.#mayPassOn(router, from.peer, asker, route)) return `it came from ${from.peer}`;
    const verdict = this.exports(router, asker, route);
    return 'rejectedBy' in verdict ? verdict.rejectedBy : undefined;
  }

  /** What export policy alone says of a route. */
  exports(router: string, asker: string, route: Judged): Judgement {
    const { chain, neighbor } = this.#exporting(this.router(router), asker);
    return judge(chain, route, neighbor);
  }

  /** The communities that export policy could add to what a peer is told. */
  addedOnExport(router: string, peer: string): readonly string[] {
    const { chain } = this.#exporting(this.router(router), peer);
    return chain.statements.flatMap(({ set }) => set.addCommunities ?? []);
  }

  #exporting(me: CaseRouter, asker: string): { chain: Chain; neighbor: Neighbor } {
    const policy = this.#ends.get(`${me.name} ${asker}`)?.policy ?? me.policy;
    return { chain: policy.export, neighbor: { asn: this.#asnOf(asker), name: asker, prepends: me.asn } };
  }

  #end(router: string, peer: string): CaseEnd {
    return this.#ends.get(`${router} ${peer}`)!;
  }

  #asnOf(asker: string): number {
    return asker === GUEST.id ? GUEST.asn : this.router(asker).asn;
  }

  /** True if split horizon and reflection let a router pass a peer's route on. */
  #mayPassOn(router: string, from: string, to: string, route: Judged): boolean {
    const { asn } = this.router(router);
    const toAsn = this.#asnOf(to);
    if (from === to) return false;
    if (toAsn !== asn) return !route.asPath.flat().includes(toAsn);
    return this.#asnOf(from) !== asn || this.#end(router, from).client || this.#end(router, to).client;
  }
}

/** A route as policies look at it. */
export function judged(nlri: string, { asPath, communities, capabilities }: PathAttributes): Judged {
  return { nlri, asPath, communities, capabilities };
}

/** The agent of a server as policies look at it there. */
export function judgedAt({ asn }: CaseStub, { id, communities, capabilities }: CaseAgent): Judged {
  return { nlri: id, asPath: [asn], communities, capabilities };
}
