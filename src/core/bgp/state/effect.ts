import type { Timer } from './event.ts';
import type { Connection, Negotiated } from '../fsm/fsm.ts';
import type { Message, Notification } from '../packet/message.ts';
import type { Nlri } from '../packet/nlri.ts';
import type { LeftOut } from '../rib/left-out-routes.ts';
import type { PeerId } from '../rib/route.ts';

/** Everything that the shell must do, or may want to know, because of an event. In order. */
export type Effect =
  | { readonly type: 'Dial'; readonly peer: PeerId }
  | { readonly type: 'Send'; readonly peer: PeerId; readonly connection: Connection; readonly message: Message }
  | { readonly type: 'Close'; readonly peer: PeerId; readonly connection: Connection }
  /** Close what the peer has just offered (`TransportAccepted`); what that connection had before stays. */
  | { readonly type: 'Refuse'; readonly peer: PeerId; readonly connection: Connection }
  /** Raise `TimerExpired` at `at`, in the milliseconds of `now`; a time that is not later than now means: at the end of this turn. */
  | { readonly type: 'SetTimer'; readonly timer: Timer; readonly at: number }
  | { readonly type: 'ClearTimer'; readonly timer: Timer }
  | { readonly type: 'SessionUp'; readonly peer: PeerId; readonly negotiated: Negotiated }
  | { readonly type: 'SessionDown'; readonly peer: PeerId; readonly cause: Notification | 'transport-failed' }
  /** The best route of an NLRI is another one, came or went. */
  | { readonly type: 'BestChanged'; readonly nlri: Nlri }
  /** An aggregate that begins anew would have no life: the shell draws one in advance. */
  | { readonly type: 'DrawNeeded'; readonly nlri: Nlri }
  /** A peer sent more than it may. Raised once per session. */
  | { readonly type: 'MaxRoutesReached'; readonly peer: PeerId; readonly maxRoutes: number }
  /** The routes of a peer, or of all peers together, would take more memory than they may. Raised once per session. */
  | { readonly type: 'MaxBytesReached'; readonly peer: PeerId; readonly maxBytes: number }
  /** A route of our own, that of an agent of a stub or an aggregate, is not originated, because it would say too much. */
  | ({ readonly type: 'RouteLeftOut' } & LeftOut)
  /** A route of a peer or stub came and went too often, and is not used for a while. */
  | {
      readonly type: 'RouteDamped';
      readonly neighbor: string;
      readonly nlri: Nlri;
      readonly untilMs: number;
    }
  /** A route keeps changing and is held where it is for a while. */
  | { readonly type: 'DisputeHeld'; readonly nlri: Nlri; readonly untilMs: number };
