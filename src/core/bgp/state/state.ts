import type { Flaps } from '../damping/flaps.ts';
import type { MultipathRules } from '../decision/multipath.ts';
import type { Effect } from './effect.ts';
import type { Draw, Stub } from './event.ts';
import type { Connections } from '../fsm/connections.ts';
import type { Connection, Negotiated } from '../fsm/fsm.ts';
import type { HealthPace } from '../rib/health-pace.ts';
import type { Asn } from '../packet/asn.ts';
import type { Family, Nlri } from '../packet/nlri.ts';
import type { RouterId } from '../packet/router-id.ts';
import type { PeerSettings } from './peer-settings.ts';
import type { Policy } from '../policy/policy.ts';
import type { AdjRibOut } from '../rib/adj-rib-out.ts';
import type { CapabilityIndex } from '../rib/capability-index.ts';
import { DeadLives } from '../rib/dead-lives.ts';
import type { Footprint, SharedBytes } from '../rib/footprint.ts';
import { Interner } from '../rib/interner.ts';
import type { LeavingRoutes } from '../rib/leaving-routes.ts';
import { LeftOutRoutes } from '../rib/left-out-routes.ts';
import { LocRib } from '../rib/loc-rib.ts';
import type { PeerId, PeerSource, Route, StubId, StubSource } from '../rib/route.ts';

/** The settings of a router, fixed from its start to its end. */
export interface SpeakerSettings {
  readonly asn: Asn;
  readonly routerId: RouterId;
  /** Names the cluster of a reflector and its clients; the router id unless several reflectors share clients (RFC 4456 §7). */
  readonly clusterId: RouterId;
  readonly policy: Policy;
  /** Capability prefixes that this router announces in place of, or besides, their parts (RFC 4271 §9.2.2.2). */
  readonly aggregates: readonly Aggregate[];
  /** The most routes among which calls to one agent are balanced. */
  readonly maxPaths: number;
  /** The largest amount by which another route's MED may exceed the best one's if calls are balanced over both. */
  readonly medTolerance: number;
  /**
   * True if peers may still hold routes of ours from before a restart. End-of-RIB then waits for `RestartCompleted`, so
   * that they keep them as long (RFC 4724 §4.1).
   */
  readonly restarting?: boolean;
  /** Base URLs that peers may name as next hops in place of their own; each covers what lies below it (RFC 4271 §5.1.3). */
  readonly allowNextHops?: readonly string[];
  /** The names of configured servers and peers in lower case: with a colon behind, none of them begins an id of a peer's agent. */
  readonly reservedNames?: ReadonlySet<string>;
  /** The callers that have no session: each is judged as an external peer would be. */
  readonly callers?: readonly Pick<PeerSettings, 'id' | 'asn'>[];
  /** The most bytes that the routes of all peers together may hold; 192 MiB if absent. */
  readonly maxBytesOfAllPeers?: number;
}

/** A capability prefix that stands for what lies below it (RFC 4271 §9.2.2.2). */
export interface Aggregate {
  readonly nlri: Nlri;
  /** True if the parts are kept back from peers. */
  readonly summaryOnly: boolean;
}

/**
 * Everything that one router knows. It belongs to whoever calls `step`, which changes it in place: the tables are too
 * large to be copied with every event.
 */
export interface Speaker {
  readonly settings: SpeakerSettings;
  policy: Policy;
  rules: MultipathRules;
  /** Decision order and MED mode under this policy, as OPEN says them (RFC 5492 §4). */
  decision: string;
  /** True while End-of-RIB waits for `RestartCompleted` (RFC 4724 §4.1). */
  restarting: boolean;
  readonly interner: Interner;
  readonly locRib: LocRib;
  readonly peers: Map<PeerId, Peer>;
  readonly stubs: Map<StubId, StubTable>;
  /** Every local agent route that has a capability, by the capability's NLRI: what a capability route stands for. */
  readonly claims: Map<Nlri, Set<Route>>;
  /** The routes that this router originates besides its stubs' agents: capability routes and aggregates. */
  readonly selfRoutes: Map<Nlri, Route>;
  /** The lives of everything that this router originates. */
  readonly ownLives: Map<Nlri, Draw>;
  /** Lives drawn in advance for aggregates, which begin when a peer's route arrives and not when the shell says so. */
  readonly spareDraws: Map<Nlri, Draw>;
  /** Routes of our own that are not originated, because they would say too much. */
  readonly leftOut: LeftOutRoutes;
  /** The memory that the routes of all peers together hold. */
  readonly peerBytes: SharedBytes;
  /** Routes whose sessions have ended and that are still to be taken away. */
  readonly leaving: LeavingRoutes[];
  readonly deadLives: DeadLives;
  readonly unusableNextHops: Set<string>;
  readonly turn: Turn;
}

/** The routes of one stub as discovery reported them, by agent (RFC 4271 §3.2, Adj-RIB-In). */
export interface StubTable {
  readonly stub: Stub;
  readonly source: StubSource;
  readonly adjRibIn: Map<Nlri, Route>;
  /** The flaps of agents that came and went; undefined where they are not damped (RFC 2439 §4.4.3). */
  readonly flaps: Flaps | undefined;
}

/** A configured peer and everything that is between it and us. */
export interface Peer {
  settings: PeerSettings;
  /** The router id in it is that of the last OPEN. */
  source: PeerSource;
  connections: Connections;
  /** The connection that is up, if one is. */
  session: { readonly connection: Connection; readonly negotiated: Negotiated } | undefined;
  adjRibIn: Map<Nlri, Route>;
  /** The agents of the Adj-RIB-In by capability. */
  capabilities: CapabilityIndex;
  /** True if routes from before a restart of the peer may still be in its Adj-RIB-In (RFC 4724 §4.2). */
  hasStale: boolean;
  readonly adjRibOut: AdjRibOut;
  /** NLRI of which the peer may have to be told something: decided when the message is written, so nothing queues up. */
  readonly pending: Set<Nlri>;
  /** Families that the peer asked for again: they are told even where nothing changed (RFC 2918 §4). */
  readonly refreshing: Set<Family>;
  /** True while the end of the first exchange is still to be sent (RFC 4724 §2). */
  endOfRibDue: boolean;
  /** The time at which the peer was last sent an UPDATE, in the milliseconds of `now` (RFC 4271 §9.2.1.1). */
  advertisedAt: number;
  /** True while the advertise timer runs. */
  advertising: boolean;
  /** The pace at which the peer is told other MEDs of our own routes (RFC 4271 §9.2.1.2). */
  readonly healthPace: HealthPace;
  /** The memory that its Adj-RIB-In holds. */
  readonly footprint: Footprint;
  /** True if this session has already been reported for sending more routes than it may. */
  overLimit: boolean;
  /** True if it has been reported for routes that need more memory than they may. */
  overBytes: boolean;
  /** The flaps of routes that came and went; undefined where they are not damped (RFC 2439 §4.4.3). */
  readonly flaps: Flaps | undefined;
}

/** The results of one step so far: always empty between steps. */
export interface Turn {
  /** NLRI whose routes changed and which must be decided anew (RFC 4271 §9.1). */
  readonly dirty: Set<Nlri>;
  /** Capabilities whose agents behind a peer changed: what other peers may know of them can differ now (RFC 4271 §9.1.3). */
  readonly recomposed: Set<Nlri>;
  readonly effects: Effect[];
}

/** Creates a router that knows nothing yet. */
export function createSpeaker(settings: SpeakerSettings): Speaker {
  const unusableNextHops = new Set<string>();
  return {
    settings,
    policy: settings.policy,
    rules: rulesOf(settings, settings.policy, unusableNextHops),
    decision: decisionOf(settings.policy),
    restarting: settings.restarting ?? false,
    interner: new Interner(),
    locRib: new LocRib(),
    peers: new Map(),
    stubs: new Map(),
    claims: new Map(),
    selfRoutes: new Map(),
    ownLives: new Map(),
    spareDraws: new Map(),
    leftOut: new LeftOutRoutes(),
    peerBytes: { ofAll: 0 },
    leaving: [],
    deadLives: new DeadLives(),
    unusableNextHops,
    turn: { dirty: new Set(), recomposed: new Set(), effects: [] },
  };
}

/** Returns the settings on which two routers of an AS must agree, in words that can be compared (RFC 5492 §4). */
export function decisionOf({ decision, compareMed }: Policy): string {
  return [...decision, compareMed].join(' ');
}

/** Returns the rules of the decision process under a policy. */
export function rulesOf(settings: SpeakerSettings, policy: Policy, unusable: ReadonlySet<string>): MultipathRules {
  const { asn, routerId, maxPaths, medTolerance } = settings;
  const { decision: steps, compareMed, groups } = policy;
  return { steps, compareMed, routerId, unusable, maxPaths, medTolerance, asn, groups };
}
