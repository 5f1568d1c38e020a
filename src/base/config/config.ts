import type { DampingRules } from '../../core/bgp/damping/penalty.ts';
import type { Asn } from '../../core/bgp/packet/asn.ts';
import type { Community } from '../../core/bgp/packet/community.ts';
import type { RouterId } from '../../core/bgp/packet/router-id.ts';
import type { Policy } from '../../core/bgp/policy/policy.ts';
import type { LogLevel } from '../telemetry/log-level.ts';
import type { Problem } from './problem.ts';

/** Everything that a user can decide, complete and valid: defaults are filled in, nothing is left to be checked. */
export interface Config {
  readonly asn: Asn;
  /** Undefined when the router draws one for itself. */
  readonly routerId: RouterId | undefined;
  /** In the configured order, which decides ties. */
  readonly servers: readonly ServerConfig[];
  readonly policy: Policy;
  readonly discovery: DiscoveryConfig;
  readonly calls: CallsConfig;
  readonly health: HealthConfig;
  readonly balancing: BalancingConfig;
  readonly aggregates: readonly AggregateConfig[];
  readonly egress: EgressConfig;
  readonly lists: ListsConfig;
  /** Undefined when nothing asks for peers or a listener. */
  readonly peering: PeeringConfig | undefined;
  readonly logLevel: LogLevel;
}

/** A server of agents: a stub. */
export interface ServerConfig {
  readonly name: string;
  /** Origin and path, without a slash at the end. */
  readonly url: string;
  readonly asn: Asn;
  /** Sent to the origin of `url` alone. Values are secrets. */
  readonly headers: Readonly<Record<string, string>>;
  /** Capability paths that every agent of this server has, besides its own. */
  readonly capabilities: readonly string[];
  /** Communities that every agent of this server carries, besides its own; `region:<name>` is among them when a region is configured. */
  readonly communities: readonly Community[];
  readonly localPref?: number;
  /** The server's share where calls are balanced and no policy sets one. */
  readonly weight?: number;
  /** How its agents are damped when they come and go. */
  readonly damping?: DampingRules;
  readonly description: string;
}

/** How agents are found. */
export interface DiscoveryConfig {
  readonly intervalMs: number;
  /** How long one request may take. */
  readonly timeoutMs: number;
  /** How often a failed request is repeated quickly, before its server is asked ever less often. */
  readonly retries: number;
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
  /** Agents beyond this number are not taken over. */
  readonly maxAgentsPerServer: number;
}

/** How agents are called. */
export interface CallsConfig {
  /** How long a call may take when its caller sets no limit. */
  readonly timeoutMs: number;
  /** How long a stream may be silent when its caller sets no limit. */
  readonly silenceMs: number;
  /** How many calls of one server or peer run at once. */
  readonly maxConcurrent: number;
  /** How many more wait until one of them ends. */
  readonly maxQueued: number;
  /** Whether a call that may run twice is given to a second copy when the first takes longer than usual. */
  readonly hedge: boolean;
  /** How many characters of one text a result may hold. */
  readonly maxResultLength: number;
  /** How many calls one caller may make in a minute; any number where it is not set. */
  readonly maxPerMinute?: number;
  /** How many of them at once; all where it is not set. */
  readonly maxBurst?: number;
}

/** How much of the table one answer lists. */
export interface ListsConfig {
  /** How many tokens a result of `list-agents` may have, as estimated. */
  readonly maxTokens: number;
}

/** How servers are looked after. */
export interface HealthConfig {
  /** Between two probes of a server that is well. */
  readonly intervalMs: number;
  /** How long one probe may take. */
  readonly timeoutMs: number;
  /** After how many failures in a row a next hop is not called for a while. */
  readonly failures: number;
  /** How long it then rests the first time. */
  readonly restMs: number;
}

/** How calls are spread over routes that are equally good. */
export interface BalancingConfig {
  readonly method: BalancingMethod;
  /** Over how many at most; 1 for none but the best. */
  readonly maxPaths: number;
  /** How much worse than the best one's the MED of another may be. */
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

/** A capability that peers are told of for all that lie below it. */
export interface AggregateConfig {
  /** In canonical form, each once. */
  readonly capability: string;
  /** Whether peers are told of it in place of its parts. */
  readonly summaryOnly: boolean;
}

/** Where requests may go besides the configured servers. */
export interface EgressConfig {
  /** Where guests may be called although the address is not public, and routers that peers name as next hops. */
  readonly allowNextHops: readonly NextHopConfig[];
  /** Base URLs that a caller may name as `serverUrl`; each covers what lies below it. */
  readonly allowServerUrls: readonly string[];
}

/** A base URL that may be called on the word of a peer; it covers what lies below it. */
export interface NextHopConfig {
  readonly url: string;
  /** By what the router there knows us, if we are one of its callers. */
  readonly key: string | undefined;
}

/** How the router meets others. */
export interface PeeringConfig {
  /** Undefined for no listener. */
  readonly listen: ListenConfig | undefined;
  /** The base URL under which others reach the listener; undefined when there is none, or none that is known. */
  readonly advertiseUrl: string | undefined;
  readonly peers: readonly PeerConfig[];
  /** Whoever may peer without being listed, by the range of its AS. */
  readonly guests: readonly GuestConfig[];
  /** Whoever may call us although there is no session. */
  readonly callers: readonly CallerConfig[];
  /** Whether any key of peers or callers is set: then nobody calls us without a token. */
  readonly keyed: boolean;
  /** A secret that opens what operators look at. */
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
  /** Whether only this machine can connect. */
  readonly onLoopback: boolean;
}

/** Routers that may dial us although none of them is listed. */
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

/** Another router that we exchange routes with. */
export interface PeerConfig {
  readonly name: string;
  readonly asn: Asn;
  /** Undefined when the peer dials us; it cannot be called then. */
  readonly url: string | undefined;
  /** A secret that both sides know. */
  readonly key: string | undefined;
  /** In place of the router's own policy. */
  readonly policy: Policy | undefined;
  readonly maxRoutes: number;
  /** The most memory that its routes may take here, in bytes. */
  readonly maxBytes: number;
  readonly allowOrigins: readonly Asn[] | undefined;
  readonly allowAgents: readonly string[] | undefined;
  /** How its routes are damped when they come and go; undefined for not at all. */
  readonly damping: DampingRules | undefined;
  /** A client of ours as route reflector. */
  readonly client: boolean;
  /** Waits to be dialled. */
  readonly passive: boolean;
  /** May be called without TLS although it is on another machine. */
  readonly insecure: boolean;
  readonly holdTimeSeconds: number;
  /** How long the peer keeps our routes when we vanish; 0 for not at all. */
  readonly restartTimeSeconds: number;
  readonly advertisementIntervalMs: number;
  /** Whether the peer is told that calls go through us, or where we send them ourselves. */
  readonly nextHop: 'self' | 'unchanged';
  /** The ASes that the peer takes calls of without a session. */
  readonly callers: readonly Asn[];
}

/** Reads a text file; throws when it cannot. */
export type ReadFile = (path: string) => string;

/** The configuration, or everything that is wrong with it. */
export type LoadResult =
  { readonly ok: true; readonly config: Config } | { readonly ok: false; readonly problems: readonly Problem[] };

/** Reads the variables, and the files that they name. */
export type LoadConfig = (env: Readonly<Record<string, string | undefined>>, readFile: ReadFile) => Promise<LoadResult>;
