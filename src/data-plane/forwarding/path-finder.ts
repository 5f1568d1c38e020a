import type { Asn } from '../../core/bgp/packet/asn.ts';
import { baseUrl } from './base-url.ts';
import type { CallTarget } from './call.ts';
import { mayHaveTarget, isLiteral, peersMayHaveTarget } from './may-have-target.ts';
import { directHop, InvalidServerUrl } from './direct-hop.ts';
import { FirstRound, type Teller } from './first-round.ts';
import { routeHop, type Hop } from './hop.ts';
import type { Balance, DirectCalls, RoutingTable, Servers } from './ports.ts';
import { resolve, type CapabilityMatch, type Query, type ResolutionMethod } from './resolve.ts';
import { parseTarget, type Qualifier } from './target.ts';
import { unresolvedFailure } from './unresolved-failure.ts';

export interface PathFinderOptions {
  readonly ownAsn: Asn;
  /**
   * Returns true if an AS is known. A name qualified with an unknown AS can only be the id of one of our own agents.
   */
  readonly isAs: (asn: Asn) => boolean;
  readonly table: RoutingTable;
  readonly balance: Balance;
  readonly servers: Servers;
  readonly directCalls: DirectCalls;
}

/** Hops that lead to a target, the first choice first. */
export interface Paths {
  readonly method: ResolutionMethod;
  readonly hops: readonly Hop[];
  readonly match?: TakenMatch;
}

/**
 * The reason for the route of a call that names only a capability. Balancing and failover may overrule the decision
 * process.
 */
export type TakenMatch = Omit<CapabilityMatch, 'decidedBy'> & {
  readonly decidedBy: CapabilityMatch['decidedBy'] | 'balancing' | 'failover';
};

/**
 * Finds the hops to the target of a call that begins here. It waits for servers and peers that have not answered yet.
 */
export class PathFinder {
  readonly #options: PathFinderOptions;
  readonly #firstRound: FirstRound;

  constructor(options: PathFinderOptions) {
    this.#options = options;
    this.#firstRound = new FirstRound(tellers(options));
  }

  /**
   * Returns the hops to a target; rejects with a `Failure` if there is none. `conversation` is called only if a route
   * was found.
   */
  async find(
    wanted: CallTarget,
    conversation: () => string | undefined | Promise<string | undefined>,
    signal: AbortSignal,
  ): Promise<Paths> {
    const { table, servers, directCalls, balance } = this.#options;
    const query = this.#query(wanted);
    let resolution = resolve(table, query);
    if (resolution.outcome !== 'resolved') {
      await this.#firstRound.until(query, signal, () => {
        resolution = resolve(table, query);
        return resolution.outcome === 'resolved';
      });
    }
    if (resolution.outcome === 'resolved') {
      const { method, routes, match } = resolution;
      const goesOn = await conversation();
      const call = {
        target: wanted.targetAgentId,
        required: query.requiredCapabilities,
        conversation: () => goesOn,
      };
      const ordered = balance(routes, call);
      const hops = ordered.map((route) => routeHop(route, query.target.id, match !== undefined));
      if (match === undefined) return { method, hops };
      return { method, hops, match: ordered[0] === routes[0] ? match : { ...match, decidedBy: 'balancing' } };
    }
    const { nextHop } = query;
    const isUnknown = resolution.outcome === 'unknown';
    if (isUnknown && nextHop !== undefined && ![...servers.all()].some((server) => mayHaveTarget(server, query))) {
      const hop = await directHop(nextHop, query, { table, directCalls, signal });
      return { method: 'explicit_url_override', hops: [hop] };
    }
    throw unresolvedFailure(resolution, query, table, servers);
  }

  #query({ targetAgentId, serverUrl, requiredCapabilities = [], constraints = {} }: CallTarget): Query {
    const { ownAsn, servers } = this.#options;
    const named = parseTarget(targetAgentId, (name) => servers.named(name) !== undefined);
    const target = { ...named, qualifier: this.#localFirst(named.qualifier) };
    const nextHop = serverUrl === undefined ? undefined : baseUrl(serverUrl);
    if (serverUrl !== undefined && nextHop === undefined) throw new InvalidServerUrl(serverUrl);
    return { target, ownAsn, nextHop, requiredCapabilities, constraints };
  }

  /**
   * Returns the qualifier with our own servers first. If a server here has the AS number, the qualifier means that
   * server and no other AS with the same number (RFC 6996 §4).
   */
  #localFirst(qualifier: Qualifier | undefined): Qualifier | undefined {
    if (qualifier?.kind !== 'as') return qualifier;
    const server = [...this.#options.servers.all()].find(({ asn }) => asn === qualifier.asn);
    return server === undefined ? qualifier : { kind: 'server', name: server.name };
  }
}

function tellers({ servers, isAs }: Pick<PathFinderOptions, 'servers' | 'isAs'>): Teller[] {
  const isKnown = (qualifier: Qualifier): boolean =>
    qualifier.kind === 'as' ? isAs(qualifier.asn) : servers.named(qualifier.name) !== undefined;
  const ours = [...servers.all()].map((server): Teller => ({
    firstAnswer: servers.firstAnswer(server.name),
    mayHaveTarget: (query) => mayHaveTarget(server, query) || isLiteral(query, isKnown),
  }));
  return [...ours, { firstAnswer: servers.peersTold, mayHaveTarget: peersMayHaveTarget }];
}
