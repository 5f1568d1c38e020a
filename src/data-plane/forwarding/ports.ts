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

/** What forwarding reads of the speaker. Nothing here touches the network. */
export interface RoutingTable {
  destination(nlri: Nlri): Destination | undefined;
  /** The capability route that covers the path most closely. */
  longestMatch(capabilityPath: string): Destination | undefined;
  locRib(): Iterable<Destination>;
  /** Returns true if an agent of our own servers has this capability, and not only because its words suggest it. */
  originates(capabilityPath: string): boolean;
  /** Returns the routes that a call may try one after the other. The NLRI of each is what to ask its next hop for. */
  callRoutes(nlri: Nlri, wanted: Wanted): readonly Route[];
  /** Returns why the first of those routes is the first. */
  contest(nlri: Nlri, wanted: Wanted, first: Route): Contest;
  /** Returns what policy says against all routes that a call could mean. */
  denial(nlri: Nlri, wanted: Wanted): Denial | undefined;
  /** True if a base URL is that of a peer, which calls come to by its routes alone. */
  isPeer(baseUrl: string): boolean;
  /** Returns the verdict of import policy on an agent at a URL that no route names. */
  judge(agent: DirectAgent, nextHop: string): PolicyVerdict;
}

/** What a call asks of its routes. */
export type Wanted = Pick<Asking, 'required' | 'path' | 'only'>;

/** Puts the route that a call is to take first, where several are as good; the others stay for failover. */
export type Balance = (routes: readonly Route[], call: BalancedCall) => readonly Route[];

export interface BalancedCall {
  /** What the caller asked for. */
  readonly target: string;
  readonly required: readonly string[];
  /** The conversation that the call belongs to, if it belongs to one. */
  readonly conversation: () => string | undefined;
}

/** How long calls take: what this router itself sees. */
export interface ResponseTimes {
  /** In what time an agent has answered nearly always of late at a next hop; undefined while that is not known. */
  usualMs(nextHop: string, agentId: string): number | undefined;
  took(nextHop: string, agentId: string, ms: number): void;
}

/** A server of agents as forwarding sees it. */
export interface KnownServer {
  readonly name: string;
  readonly url: string;
  readonly asn: Asn;
  /** Why it cannot be used, or undefined when it last answered properly. */
  readonly error: string | undefined;
}

/** Whoever could tell of agents: the servers that are asked for them, and other routers. */
export interface Servers {
  all(): Iterable<KnownServer>;
  named(name: string): KnownServer | undefined;
  /** Resolves when the server has answered or failed for the first time. */
  firstAnswer(name: string): Promise<void>;
  /** When other routers have first told of their agents, as far as they can be reached. */
  readonly peersTold: Promise<void>;
  /** The names of the peers that there is no session with. */
  peersAway(): Iterable<string>;
}

/** What may be called by `serverUrl` besides configured servers and learned next hops. */
export interface DirectCalls {
  permits(baseUrl: string): boolean;
  /**
   * Asks the server at a URL which agent it means by a name: an id, or another name that it answers to. Undefined if it lists
   * no such agent, or if it cannot be told which one it is. Rejects with a `Failure`.
   */
  learn(baseUrl: string, name: string, signal: AbortSignal): Promise<DirectAgent | undefined>;
}

/** An agent as its server describes it. */
export interface DirectAgent {
  readonly id: string;
  readonly capabilities: readonly string[];
  readonly communities: readonly Community[];
}

/** Calls an agent at a next hop; rejects with a `Failure` alone. */
export interface NextHops<Reply, Chunk> {
  call(hop: Hop, said: Conversation, control: HopControl<Chunk>): Promise<Reply>;
}

/** How a call on its way is followed and ended, and what the next router must know of it. */
export interface HopControl<Chunk> extends CallControl<Chunk> {
  readonly transit: TransitContext;
  /** Takes in which agent answers, where the next hop says so. */
  readonly onAnsweringAgent: (answeringAgent: AnsweringAgent | undefined) => void;
}

/** What of the routing table the calls of others may use. */
export interface TransitTable {
  /** Whether a call has been here before. */
  hasCrossed(crossed: readonly Crossed[]): boolean;
  /** The routes that a call may take, in the order in which it may try them. */
  routes(nlri: Nlri, asking: Asking): readonly Route[];
  /** The NLRI of the capability route that covers the path most closely. */
  longestMatch(capabilityPath: string): Nlri | undefined;
  /** The agent's route as a peer, or a caller that is no router, may be told of it; undefined where it may not. */
  visible(agent: Nlri, caller: PeerId | undefined): Route | undefined;
  /** All agents that came after one with this serial, in the order in which they came, each as {@link TransitTable.visible}. */
  visibleAfter(
    serial: number,
    caller: PeerId | undefined,
  ): Iterable<readonly [serial: number, route: Route | undefined]>;
  /** The serial of the newest agent. */
  newest(): number;
}

/** Sends a request on as it came; rejects with a `Failure` alone. */
export type Relay = (hop: Hop, request: RelayedRequest) => Promise<Response>;

export interface RelayedRequest {
  /** Whose call it is, for whoever shares next hops out among callers. */
  readonly caller: string;
  /** Below the agent's own path, such as `generate`. */
  readonly action: string;
  readonly contentType: string;
  readonly body: string;
  readonly transit: TransitContext;
  readonly signal: AbortSignal;
  /** Resolves when nobody reads the answer any more. */
  readonly over: Promise<void>;
}
