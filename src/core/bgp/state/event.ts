import type { DampingRules } from '../damping/penalty.ts';
import type { Connection, FsmEvent, FsmTimer } from '../fsm/fsm.ts';
import type { Asn } from '../packet/asn.ts';
import type { Community } from '../packet/community.ts';
import type { Life, Secret } from '../packet/life.ts';
import type { Label } from '../packet/message.ts';
import type { Nlri } from '../packet/nlri.ts';
import type { Performance } from '../packet/attributes.ts';
import type { Policy } from '../policy/policy.ts';
import type { PeerSettings } from './peer-settings.ts';
import type { PeerId, StubId } from '../rib/route.ts';

/** Everything that can happen to a speaker. */
export type Event =
  | { readonly type: 'PolicyReplaced'; readonly policy: Policy }
  | { readonly type: 'PeerConfigured'; readonly peer: PeerSettings; readonly jitter: number }
  | { readonly type: 'PeerRemoved'; readonly peer: PeerId }
  /** Agents of a stub that are new or changed; others of the same stub stay as they are. */
  | {
      readonly type: 'RoutesOriginated';
      readonly stub: Stub;
      readonly agents: readonly Origination[];
      /** A fresh life for every NLRI that may need one; what is not needed is dropped. */
      readonly draws: readonly Draw[];
    }
  /** The answer to `DrawNeeded`. */
  | { readonly type: 'DrawSupplied'; readonly draw: Draw }
  /** Agents that a stub no longer has. */
  | { readonly type: 'RoutesEnded'; readonly stub: StubId; readonly agents: readonly string[] }
  /** All that this router originates is known again after a restart (RFC 4724 §4.1). */
  | { readonly type: 'RestartCompleted' }
  /** A next hop became callable or ceased to be, such as by a circuit breaker. */
  | { readonly type: 'NextHopChanged'; readonly nextHop: string; readonly usable: boolean }
  /** Something happened to one of the two possible connections to a peer. `jitter` is drawn from [0, 1). */
  | {
      readonly type: 'Session';
      readonly peer: PeerId;
      readonly connection: Connection;
      readonly input: FsmEvent;
      readonly jitter: number;
    }
  | { readonly type: 'TimerExpired'; readonly timer: Timer; readonly jitter: number }
  /** An operator asks a peer for its routes again (RFC 2918 §3). */
  | { readonly type: 'RefreshRequested'; readonly peer: PeerId };

/** An agent server that speaks no BGP. */
export interface Stub {
  readonly id: StubId;
  readonly asn: Asn;
  /** The base URL that takes calls. */
  readonly nextHop: string;
  /** Its place in the configuration; the first wins a tie. */
  readonly rank: number;
  /** Its share when calls are balanced, where no policy sets one; 1 is usual. */
  readonly weight: number;
  /** The damping of its agents when they come and go; undefined for none. */
  readonly damping?: DampingRules | undefined;
}

/** An agent as discovery found it. */
export interface Origination {
  readonly agent: string;
  readonly label: Label;
  readonly capabilities: readonly string[];
  readonly communities: readonly Community[];
  readonly localPref?: number;
  readonly med: number;
  readonly performance?: Performance;
  readonly originTime: number;
}

/** A life that the shell has drawn: the secret, and what it hashes to together with the NLRI. */
export interface Draw {
  readonly nlri: Nlri;
  readonly secret: Secret;
  readonly life: Life;
}

/** Every timer that the core can ask for; a timer that is set again replaces itself. */
export type Timer =
  | { readonly kind: 'session'; readonly peer: PeerId; readonly connection: Connection; readonly timer: FsmTimer }
  /** The minimum route advertisement interval of a peer is over (RFC 4271 §9.2.1.1). */
  | { readonly kind: 'advertise'; readonly peer: PeerId }
  /** A peer has waited long enough for another MED of routes of ours (RFC 4271 §9.2.1.2). */
  | { readonly kind: 'retell'; readonly peer: PeerId }
  /** A restarting peer had its time (RFC 4724 §4.2). */
  | { readonly kind: 'stale'; readonly peer: PeerId }
  /** More of the routes whose sessions have ended may be taken away (RFC 4271 §8.2.2). */
  | { readonly kind: 'purge' }
  /** The hold-down of a disputed route is over. */
  | { readonly kind: 'hold-down'; readonly nlri: Nlri }
  /** Routes of a neighbour that came and went too often may be used again (RFC 2439 §4.8.7). */
  | { readonly kind: 'reuse'; readonly from: 'peer' | 'stub'; readonly id: string };
