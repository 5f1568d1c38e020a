import type { DampingRules } from '../../core/bgp/damping/penalty.ts';
import type { Asn } from '../../core/bgp/packet/asn.ts';
import type { Community } from '../../core/bgp/packet/community.ts';
import type { RouterId } from '../../core/bgp/packet/router-id.ts';
import type { Policy } from '../../core/bgp/policy/policy.ts';
import type { LogLevel } from '../telemetry/log-level.ts';
import type { Problem } from './problem.ts';

/** Complete and valid configuration, with defaults filled in. */
export interface Config {
  readonly asn: Asn;
  /** Undefined if the router chooses its own. */
  readonly routerId: RouterId | undefined;
  /** Servers in configured order. The order breaks ties between their routes. */
  readonly servers: readonly ServerConfig[];
  readonly policy: Policy;
  readonly discovery: DiscoveryConfig;
  readonly calls: CallsConfig;
  readonly health: HealthConfig;
  readonly balancing: BalancingConfig;
  readonly aggregates: readonly AggregateConfig[];
  readonly egress: EgressConfig;
  readonly lists: ListsConfig;
  /** Undefined if no setting asks for peers or a listener. */
  readonly peering: PeeringConfig | undefined;
  readonly logLevel: LogLevel;
}

/** An agent server, which the core treats as a stub. */
export interface ServerConfig {
  readonly name: string;
  /** Origin and path, without a trailing slash. */
  readonly url: string;
  readonly asn: Asn;
  /** Headers for requests to the origin of `url`, and to no other. The values are secrets. */
  readonly headers: Readonly<Record<string, string>>;
  /** Capability paths added to every agent of this server. */
  readonly capabilities: readonly string[];
  /** Communities added to every agent of this server. They include `region:<name>` if a region is configured. */
  readonly communities: readonly Community[];
  readonly localPref?: number;
  /** Weight of the server in load balancing, unless a policy sets one. */
  readonly weight?: number;
  /** Flap damping of its agents. */
  readonly damping?: DampingRules;
  readonly description: string;
}

/** Settings of discovery. */
export interface DiscoveryConfig {
  readonly intervalMs: number;
  /** Timeout of one request. */
  readonly timeoutMs: number;
  /** Number of quick retries after a failed request. Later retries come less and less often. */
  readonly retries: number;
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
  /** Maximum number of agents taken from one server. Further agents are ignored. */
  readonly maxAgentsPerServer: number;
}

/** Settings of calls. */
export interface CallsConfig {
  /** Timeout of a call whose caller sets none. */
  readonly timeoutMs: number;
  /** Longest pause between two chunks of a stream whose caller sets no timeout. */
  readonly silenceMs: number;
  /** Maximum number of concurrent calls to one server or peer. */
  readonly maxConcurrent: number;
  /** Maximum number of calls that wait for one of these slots. */
  readonly maxQueued: number;
  /** True if a repeatable call also goes to a second copy when the first is slower than usual. */
  readonly hedge: boolean;
  /** Maximum number of characters of one text in a result. */
  readonly maxResultLength: number;
  /** Maximum number of calls per minute and caller; unlimited if absent. */
  readonly maxPerMinute?: number;
  /** Maximum burst of a caller after a pause; `maxPerMinute` if absent. */
  readonly maxBurst?: number;
}

/** Settings of lists. */
export interface ListsConfig {
  /** Maximum estimated number of tokens in a result of `list-agents`. */
  readonly maxTokens: number;
}

/** Settings of health checks. */
export interface HealthConfig {
  /** Interval between two probes of a healthy server. */
  readonly intervalMs: number;
  /** Timeout of one probe. */
  readonly timeoutMs: number;
  /** Number of consecutive failures after which a next hop is paused. */
  readonly failures: number;
  /** Duration of the first pause. It doubles with every further failure. */
  readonly restMs: number;
}

/** Settings of load balancing over equally good routes. */
export interface BalancingConfig {
  readonly method: BalancingMethod;
  /** Maximum number of routes; 1 uses only the best. */
  readonly maxPaths: number;
  /** Largest difference between the MED of a route and the MED of the best route. */
  readonly medTolerance: number;
}

export const BALANCING_METHODS = [
  'capability-aware',
  'round-robin',
  'weighted',
  'latency-based',
  'least-outstanding',
] as const;

export type BalancingMethod = (typeof BALANCING_METHODS)[number];

/** A capability that is announced to peers for all capabilities below it. */
export interface AggregateConfig {
  /** Canonical capability path, unique in the list. */
  readonly capability: string;
  /** True if the aggregate replaces its parts in announcements. */
  readonly summaryOnly: boolean;
}

/** Destinations that are allowed in addition to the configured servers. */
export interface EgressConfig {
  /** Non-public addresses of guests, and routers that peers name as next hops. */
  readonly allowNextHops: readonly NextHopConfig[];
  /** Base URLs that a caller may pass as `serverUrl`. Each includes the paths below it. */
  readonly allowServerUrls: readonly string[];
}

/** A base URL that is accepted as a next hop from a peer. It includes the paths below it. */
export interface NextHopConfig {
  readonly url: string;
  /** Key that we share with the router there, if it lists us as a caller. */
  readonly key: string | undefined;
}

/** Settings of peering. */
export interface PeeringConfig {
  /** Undefined if the listener is off. */
  readonly listen: ListenConfig | undefined;
  /** Base URL at which other routers reach the listener; undefined if there is none or it is unknown. */
  readonly advertiseUrl: string | undefined;
  readonly peers: readonly PeerConfig[];
  /** Ranges of ASes that may peer without being listed. */
  readonly guests: readonly GuestConfig[];
  /** Routers that may call us without a session. */
  readonly callers: readonly CallerConfig[];
  /** True if any peer or caller has a key. Then every call needs a token. */
  readonly keyed: boolean;
  /** Secret that grants access to the operator endpoints. */
  readonly operatorsKey: string | undefined;
}

/** A router that may call us without a session. */
export interface CallerConfig {
  readonly asn: Asn;
  readonly key: string;
}

export interface ListenConfig {
  readonly host: string;
  readonly port: number;
  /** True if only processes of this machine can connect. */
  readonly onLoopback: boolean;
}

/** A range of ASes whose routers may dial us without being listed. */
export interface GuestConfig extends Pick<
  PeerConfig,
  | 'key'
  | 'maxRoutes'
  | 'maxBytes'
  | 'allowOrigins'
  | 'allowAgents'
  | 'damping'
  | 'holdTimeSeconds'
  | 'advertisementIntervalMs'
> {
  readonly asns: { readonly from: Asn; readonly to: Asn };
}

/** A router that we exchange routes with. */
export interface PeerConfig {
  readonly name: string;
  readonly asn: Asn;
  /** Undefined if only the peer dials. Without a URL we cannot call it. */
  readonly url: string | undefined;
  /** Secret shared with the peer. */
  readonly key: string | undefined;
  /** Policy for this peer, in place of the router's own. */
  readonly policy: Policy | undefined;
  readonly maxRoutes: number;
  /** Maximum memory of its routes, in bytes. */
  readonly maxBytes: number;
  readonly allowOrigins: readonly Asn[] | undefined;
  readonly allowAgents: readonly string[] | undefined;
  /** Flap damping of its routes; undefined disables it. */
  readonly damping: DampingRules | undefined;
  /** True if it is our client and we are its route reflector. */
  readonly client: boolean;
  /** True if we never dial the peer. */
  readonly passive: boolean;
  /** True if calls to another machine may go without TLS. */
  readonly insecure: boolean;
  readonly holdTimeSeconds: number;
  /** Time for which the peer keeps our routes after we vanish; 0 disables it. */
  readonly restartTimeSeconds: number;
  readonly advertisementIntervalMs: number;
  /** `self` announces this router as next hop. `unchanged` announces the next hop that we use ourselves. */
  readonly nextHop: 'self' | 'unchanged';
  /** ASes whose calls the peer accepts without a session. */
  readonly callers: readonly Asn[];
}

/** Reads a text file. Throws if the file cannot be read. */
export type ReadFile = (path: string) => string;

/** The configuration, or all of its problems. */
export type LoadResult =
  { readonly ok: true; readonly config: Config } | { readonly ok: false; readonly problems: readonly Problem[] };

/** Reads the variables and the files that they name. */
export type LoadConfig = (env: Readonly<Record<string, string | undefined>>, readFile: ReadFile) => Promise<LoadResult>;
