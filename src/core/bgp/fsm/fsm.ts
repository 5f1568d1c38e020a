import { NEVER_TRIED, type BackOff } from './back-off.ts';
import type { Asn } from '../packet/asn.ts';
import type {
  GracefulRestart,
  Message,
  Notification,
  Open,
  RouteRefresh,
  SessionCapabilities,
  Update,
} from '../packet/message.ts';
import type { Family } from '../packet/nlri.ts';
import type { NotificationName } from '../packet/notification.ts';
import type { RouterId } from '../packet/router-id.ts';

/** The side that opened a connection: this router, or its peer (RFC 4271 §6.8). */
export type Connection = 'outbound' | 'inbound';

/** The settings of one side of a session with a peer: fixed while the machine runs (RFC 4271 §8.1.1). */
export interface PeerFsmSettings {
  /** The fields of this side's OPEN. */
  readonly local: {
    readonly asn: Asn;
    readonly routerId: RouterId;
    readonly holdTimeSeconds: number;
    readonly capabilities: SessionCapabilities;
  };
  /** The AS that must stand in the peer's OPEN (RFC 4271 §6.2). */
  readonly peerAsn: Asn;
}

/** The same for one of the two connections to the peer. */
export interface FsmSettings extends PeerFsmSettings {
  /** Never dials, only answers (RFC 4271 §8.1.1, PassiveTcpEstablishment). */
  readonly passive: boolean;
}

/** The terms on which both sides agreed when the session came up (RFC 4271 §4.2, RFC 5492 §4). */
export interface Negotiated {
  readonly routerId: RouterId;
  readonly holdTimeSeconds: number;
  readonly families: readonly Family[];
  readonly routeRefresh: boolean;
  readonly proofs: boolean;
  /** The peer's request for its own routes, for no longer than we keep them. */
  readonly gracefulRestart?: GracefulRestart;
  /** True if decision order and MED mode are the same on both sides. */
  readonly sameDecision: boolean;
}

/** The state of one connection to a peer (RFC 4271 §8.2.2). */
export type Fsm =
  | {
      readonly state: 'idle';
      readonly backOff: BackOff;
      /**
       * The event that ends the idleness: an operator's start, the connect-retry timer after an error, or the end of the other
       * connection to the same peer, which was kept in a collision.
       */
      readonly waitsFor: 'start' | 'connect-retry' | 'other-connection';
    }
  | { readonly state: 'connect'; readonly backOff: BackOff }
  | { readonly state: 'active'; readonly backOff: BackOff }
  | {
      readonly state: 'open-sent';
      readonly backOff: BackOff;
      /** Was kept once in a collision before the peer said anything on it: it is not kept so again. */
      readonly kept?: true;
    }
  | { readonly state: 'open-confirm'; readonly backOff: BackOff; readonly open: Open; readonly negotiated: Negotiated }
  | { readonly state: 'established'; readonly backOff: BackOff; readonly negotiated: Negotiated };

/** A connection that was never started (RFC 4271 §8.2.2). */
export const INITIAL_FSM: Fsm = { state: 'idle', waitsFor: 'start', backOff: NEVER_TRIED };

/** An event of one connection; the numbers are those of RFC 4271 §8.1. */
export type FsmEvent =
  | { readonly type: 'ManualStart' } // 1
  | { readonly type: 'ManualStop'; readonly reason: NotificationName } // 2
  | { readonly type: 'ConnectRetryTimerExpired' } // 9 and 13: the timer also ends the idleness after an error
  | { readonly type: 'HoldTimerExpired' } // 10
  | { readonly type: 'KeepaliveTimerExpired' } // 11
  | { readonly type: 'TransportConnected' } // 16: what we dialled is there
  /** The peer dialled us. Unless the answer is `refuse`, what it offers takes the place of what was there before. */
  | { readonly type: 'TransportAccepted' } // 17
  | { readonly type: 'TransportFailed' } // 18
  /** Another connection to the same peer is kept; this one rests until that one ends. */
  | { readonly type: 'OpenCollisionDump' } // 23
  | { readonly type: 'OtherConnectionEnded' } // ours: undoes 23
  | { readonly type: 'MessageReceived'; readonly message: Message } // 19, 24 to 27
  | { readonly type: 'MessageMalformed'; readonly notification: NotificationName; readonly reason: string }; // 21, 22, 28

/** The timers of one connection (RFC 4271 §10). */
export type FsmTimer = 'connect-retry' | 'hold' | 'keepalive';

/** An action that a transition requires; several are carried out in their order. */
export type FsmAction =
  | { readonly type: 'dial' }
  | { readonly type: 'send'; readonly message: Message }
  /** Close what this connection has, or stop dialling. */
  | { readonly type: 'close' }
  /** Close what the peer has just offered; what was there before stays. */
  | { readonly type: 'refuse' }
  | { readonly type: 'start-timer'; readonly timer: FsmTimer; readonly delayMs: number }
  | { readonly type: 'stop-timer'; readonly timer: FsmTimer }
  | { readonly type: 'established'; readonly negotiated: Negotiated }
  /** The session was up and is gone; `cause` is what was sent, received or seen. */
  | { readonly type: 'down'; readonly cause: Notification | 'transport-failed' }
  | { readonly type: 'deliver'; readonly message: Update | RouteRefresh };
