import type { Asn } from '../bgp/packet/asn.ts';
import { Failure } from '../failure.ts';
import { baseUrl } from './base-url.ts';
import type { Attempt, CallControl, CallRequest } from './call.ts';
import { couldKnow } from './could-know.ts';
import { withDeadline } from './deadline.ts';
import { directHop, InvalidServerUrl } from './direct-hop.ts';
import { FirstRound } from './first-round.ts';
import { routeHop, type Hop, type RouteMetrics } from './hop.ts';
import type { DirectCalls, NextHops, RoutingTable, Servers } from './ports.ts';
import { resolve, type Query, type ResolutionMethod } from './resolve.ts';
import { parseTarget } from './target.ts';
import { unresolvedFailure } from './unresolved-failure.ts';

/** How many next hops one call tries at most. */
const ATTEMPT_BUDGET = 4;

export interface ForwarderOptions<Reply, Chunk> {
  readonly ownAsn: Asn;
  /** Whether an AS is known, so that `as65002:` before an id is a qualifier. */
  readonly isAs: (asn: Asn) => boolean;
  readonly timeoutMs: number;
  readonly table: RoutingTable;
  readonly servers: Servers;
  readonly directCalls: DirectCalls;
  readonly nextHops: NextHops<Reply, Chunk>;
}

/** An answer and the way that it came. */
export interface Forwarded<Reply> {
  readonly reply: Reply;
  readonly serverUsed: string;
  readonly agentIdUsed: string;
  readonly fullyQualifiedId: string;
  readonly resolutionMethod: ResolutionMethod;
  readonly routeMetrics: RouteMetrics;
  readonly attempts: readonly Attempt[];
}

/** A call that was sent, or could not be sent, and brought no answer. */
export class CallFailed extends Failure {
  constructor(cause: Failure, attempts: readonly Attempt[]) {
    super(cause.code, cause.message, { reached: cause.reached, details: { ...cause.details, attempts }, cause });
  }
}

/** The ways that a target may be reached by, the first choice first. */
interface Paths {
  readonly method: ResolutionMethod;
  readonly hops: readonly Hop[];
}

/** Carries calls to agents: looks the target up, calls the next hop, and tries another one if the first was not reached. */
export class Forwarder<Reply, Chunk> {
  readonly #options: ForwarderOptions<Reply, Chunk>;
  readonly #firstRound: FirstRound;

  constructor(options: ForwarderOptions<Reply, Chunk>) {
    this.#options = options;
    this.#firstRound = new FirstRound(options.servers);
  }

  /** Rejects with a `Failure` alone, unless the caller's own signal ended the call. */
  async forward(request: CallRequest, control: CallControl<Chunk>): Promise<Forwarded<Reply>> {
    const query = this.#query(request);
    return withDeadline(control.signal, request.timeoutMs ?? this.#options.timeoutMs, async (signal) => {
      const paths = await this.#paths(query, signal);
      return this.#carry(paths, request, { signal, onChunk: control.onChunk });
    });
  }

  #query({ targetAgentId, serverUrl, requiredCapabilities }: CallRequest): Query {
    const { ownAsn, isAs, servers } = this.#options;
    const target = parseTarget(targetAgentId, { isAs, isServer: (name) => servers.named(name) !== undefined });
    const nextHop = serverUrl === undefined ? undefined : baseUrl(serverUrl);
    if (serverUrl !== undefined && nextHop === undefined) throw new InvalidServerUrl(serverUrl);
    return { target, ownAsn, nextHop, requiredCapabilities: requiredCapabilities ?? [] };
  }

  async #paths(query: Query, signal: AbortSignal): Promise<Paths> {
    const { table, servers, directCalls } = this.#options;
    let resolution = resolve(table, query);
    if (resolution.outcome !== 'resolved') {
      const matters = (name: string): boolean => {
        const server = servers.named(name);
        return server !== undefined && couldKnow(server, query);
      };
      await this.#firstRound.until(matters, signal, () => {
        resolution = resolve(table, query);
        return resolution.outcome === 'resolved';
      });
    }
    if (resolution.outcome === 'resolved') return { method: resolution.method, hops: resolution.routes.map(routeHop) };
    if (query.nextHop !== undefined && ![...servers.all()].some((server) => couldKnow(server, query))) {
      const hop = directHop(query.nextHop, query, table, directCalls);
      return { method: 'explicit_url_override', hops: [hop] };
    }
    throw unresolvedFailure(resolution, query, table, servers);
  }

  async #carry(paths: Paths, request: CallRequest, control: CallControl<Chunk>): Promise<Forwarded<Reply>> {
    const attempts: Attempt[] = [];
    let last: Failure | undefined;
    for (const hop of paths.hops) {
      const started = performance.now();
      const tried = (outcome: string): void => {
        attempts.push({ nextHop: hop.nextHop, outcome, ms: Math.round(performance.now() - started) });
      };
      try {
        const reply = await this.#options.nextHops.call(hop.nextHop, hop.agentId, request, control);
        tried('ok');
        return forwarded(reply, hop, paths.method, attempts);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        tried(error.code);
        last = error;
        if (error.reached !== 'no' || attempts.length === ATTEMPT_BUDGET || control.signal.aborted) break;
      }
    }
    if (last === undefined) throw new Error('a resolved target has at least one hop');
    throw new CallFailed(last, attempts);
  }
}

function forwarded<Reply>(
  reply: Reply,
  hop: Hop,
  resolutionMethod: ResolutionMethod,
  attempts: readonly Attempt[],
): Forwarded<Reply> {
  return {
    reply,
    serverUsed: hop.nextHop,
    agentIdUsed: hop.agentId,
    fullyQualifiedId: hop.qualifiedId,
    resolutionMethod,
    routeMetrics: hop.metrics,
    attempts,
  };
}
