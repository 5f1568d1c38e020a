import type { Asn } from '../../core/bgp/packet/asn.ts';
import type { Community } from '../../core/bgp/packet/community.ts';
import type { Crossed } from '../../core/bgp/packet/crossed.ts';
import type { Nlri } from '../../core/bgp/packet/nlri.ts';
import type { Denial } from '../../core/bgp/policy/denial.ts';
import type { PolicyVerdict } from '../../core/bgp/policy/policy.ts';
import type { Destination } from '../../core/bgp/rib/destination.ts';
import type { Asking, Contest } from '../../core/bgp/lookup.ts';
import type { PeerId, Route } from '../../core/bgp/rib/route.ts';
import type { CallControl, Conversation } from './call.ts';
import type { TransitContext } from './transit-context.ts';
import type { Hop } from './hop.ts';
import type { AnsweringAgent } from './answering-agent.ts';

/** The routing information that forwarding reads from the speaker. No method uses the network. */
export interface RoutingTable {
  destination(nlri: Nlri): Destination | undefined;
  /** The capability route with the longest match of the path. */
  longestMatch(capabilityPath: string): Destination | undefined;
  locRib(): Iterable<Destination>;
  /**
   * Returns true if an agent of our own servers declares this capability. Capabilities inferred from its description do
   * not count.
   */
  originates(capabilityPath: string): boolean;
  /**
   * Returns the routes that a call may try, in order. The NLRI of each route is the id to request from its next hop.
   */
  callRoutes(nlri: Nlri, wanted: Wanted): readonly Route[];
  /** Returns the reason why the first of those routes is the best. */
  contest(nlri: Nlri, wanted: Wanted, first: Route): Contest;
  /** Returns the policy rule that denies all routes that a call could mean. */
  denial(nlri: Nlri, wanted: Wanted): Denial | undefined;
  /** Returns true if a base URL is a peer's. Calls reach a peer only by its routes. */
  isPeer(baseUrl: string): boolean;
  /** Returns the verdict of import policy on an agent at a URL that no route names. */
  judge(agent: DirectAgent, nextHop: string): PolicyVerdict;
}

/** Demands of a call on its routes. */
export type Wanted = Pick<Asking, 'required' | 'path' | 'only'>;

/** Puts the route that a call takes first, if several are equally good. The others stay for failover. */
export type Balance = (routes: readonly Route[], call: BalancedCall) => readonly Route[];

export interface BalancedCall {
  /** Target as the caller wrote it. */
  readonly target: string;
  readonly required: readonly string[];
  /** Returns the conversation that the call belongs to; undefined if it belongs to none. */
  readonly conversation: () => string | undefined;
}

/** Response times of calls, as this router measures them. */
export interface ResponseTimes {
  /**
   * Returns the time within which an agent at a next hop has nearly always answered recently; undefined if it is
   * unknown.
   */
  usualMs(nextHop: string, agentId: string): number | undefined;
  took(nextHop: string, agentId: string, ms: number): void;
}

/** A configured server of agents, as forwarding sees it. */
export interface KnownServer {
  readonly name: string;
  readonly url: string;
  readonly asn: Asn;
  /** The error of its last answer; undefined if that was valid. */
  readonly error: string | undefined;
}

/** The sources of agents: the configured servers and the peers. */
export interface Servers {
  all(): Iterable<KnownServer>;
  named(name: string): KnownServer | undefined;
  /** Resolves when the server has answered or failed for the first time. */
  firstAnswer(name: string): Promise<void>;
  /** Resolves when the reachable peers have first advertised their agents. */
  readonly peersTold: Promise<void>;
  /** Returns the names of peers without an established session. */
  peersAway(): Iterable<string>;
}

/** URLs that `serverUrl` may name besides configured servers and learned next hops. */
export interface DirectCalls {
  permits(baseUrl: string): boolean;
  /**
   * Asks the server at a URL which agent a name means. The name is an id or another name that the server accepts.
   * Returns undefined if the server lists no such agent or the name is ambiguous. Rejects with a `Failure`.
   */
  learn(baseUrl: string, name: string, signal: AbortSignal): Promise<DirectAgent | undefined>;
}

/** An agent as its server describes it. */
export interface DirectAgent {
  readonly id: string;
  readonly capabilities: readonly string[];
  readonly communities: readonly Community[];
}

/** Calls an agent at a next hop. Rejects only with a `Failure`. */
export interface NextHops<Reply, Chunk> {
  call(hop: Hop, said: Conversation, control: HopControl<Chunk>): Promise<Reply>;
}

/** The caller's means to follow and end a call, and the context for the next router. */
export interface HopControl<Chunk> extends CallControl<Chunk> {
  readonly transit: TransitContext;
  /** Receives the agent that answers, if the next hop names it. */
  readonly onAnsweringAgent: (answeringAgent: AnsweringAgent | undefined) => void;
}

/** The part of the routing table that relayed calls may use. */
export interface TransitTable {
  /** Returns true if a call has crossed this router before. */
  hasCrossed(crossed: readonly Crossed[]): boolean;
  /** Returns the routes that a call may try, in order. */
  routes(nlri: Nlri, asking: Asking): readonly Route[];
  /** Returns the NLRI of the capability route with the longest match of the path. */
  longestMatch(capabilityPath: string): Nlri | undefined;
  /**
   * Returns the agent's route as it may be shown to a peer, or to a caller that is no router; undefined if it may not
   * be shown.
   */
  visible(agent: Nlri, caller: PeerId | undefined): Route | undefined;
  /**
   * Yields all agents that were added after this serial, in the order of their serials, each as {@link
   * TransitTable.visible} returns it.
   */
  visibleAfter(
    serial: number,
    caller: PeerId | undefined,
  ): Iterable<readonly [serial: number, route: Route | undefined]>;
  /** Returns the serial of the newest agent. */
  newest(): number;
}

/** Relays a request unchanged. Rejects only with a `Failure`. */
export type Relay = (hop: Hop, request: RelayedRequest) => Promise<Response>;

export interface RelayedRequest {
  /** The caller's account. Next hops are shared among callers by it. */
  readonly caller: string;
  /** Path segment below the agent's path, such as `generate`. */
  readonly action: string;
  readonly contentType: string;
  readonly body: string;
  readonly transit: TransitContext;
  readonly signal: AbortSignal;
  /** Resolves when the answer is no longer read. */
  readonly over: Promise<void>;
}
