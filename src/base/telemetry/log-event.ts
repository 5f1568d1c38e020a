import type { LogLevel } from './log-level.ts';

/** Everything that this program ever logs; one place per message. */
export type LogEvent =
  | { readonly event: 'config-loaded'; readonly asn: number; readonly servers: readonly string[] }
  | { readonly event: 'config-invalid'; readonly problems: readonly string[] }
  | { readonly event: 'server-online'; readonly server: string; readonly url: string }
  | { readonly event: 'server-error'; readonly server: string; readonly url: string; readonly error: string }
  | {
      readonly event: 'agents-changed';
      readonly server: string;
      readonly added: readonly string[];
      readonly changed: readonly string[];
      readonly withdrawn: readonly string[];
    }
  | {
      readonly event: 'agents-dropped';
      readonly server: string;
      readonly reason: string;
    }
  | {
      readonly event: 'call-done';
      readonly agent: string;
      readonly nextHop: string;
      readonly attempts: number;
      readonly ms: number;
    }
  | {
      readonly event: 'call-failed';
      readonly agent: string;
      readonly code: string;
      readonly error: string;
      readonly attempts: number;
      readonly ms: number;
    }
  | { readonly event: 'next-hop-resting'; readonly nextHop: string }
  | { readonly event: 'next-hop-usable'; readonly nextHop: string }
  | { readonly event: 'listening'; readonly address: string; readonly port: number; readonly family: string }
  /** Another process of this user has the port and the peers; this one works through it. */
  | { readonly event: 'copy-follows'; readonly owner: number }
  | { readonly event: 'copy-lost-owner' }
  | { readonly event: 'copy-alone'; readonly reason: string }
  | { readonly event: 'copies-unavailable'; readonly reason: string }
  | { readonly event: 'dial-failed'; readonly peer: string; readonly error: string }
  | {
      readonly event: 'session-up';
      readonly peer: string;
      readonly routerId: string;
      readonly holdTimeSeconds: number;
      /** Whether both sides decide alike. */
      readonly sameDecision: boolean;
    }
  | { readonly event: 'session-down'; readonly peer: string; readonly cause: string; readonly reason?: string }
  | { readonly event: 'notification-sent'; readonly peer: string; readonly name: string; readonly reason?: string }
  /** Somebody who says to be a peer is not let in. */
  | { readonly event: 'peer-refused'; readonly reason: string }
  | { readonly event: 'request-refused'; readonly reason: string }
  | {
      readonly event: 'routes-malformed';
      readonly peer: string;
      readonly malformed: number;
      readonly dropped: number;
      /** One of the malformed routes. */
      readonly first?: string;
      readonly fault?: string;
    }
  | { readonly event: 'max-routes-reached'; readonly peer: string; readonly maxRoutes: number }
  | { readonly event: 'max-bytes-reached'; readonly peer: string; readonly maxBytes: number }
  /** An agent of a server, or an aggregate where no server is named. */
  | { readonly event: 'route-left-out'; readonly nlri: string; readonly server?: string; readonly reason: string }
  | { readonly event: 'route-damped'; readonly neighbor: string; readonly nlri: string; readonly until: string }
  | { readonly event: 'dispute-held'; readonly nlri: string; readonly until: string }
  /** A call that was carried for somebody else. */
  | {
      readonly event: 'call-relayed';
      readonly caller: string;
      readonly agent: string;
      readonly status: number;
      readonly ms: number;
      /** The W3C trace that it belongs to: the same at every router on the way. */
      readonly trace: string;
    }
  | { readonly event: 'lines-left-out'; readonly of: string; readonly count: number }
  | { readonly event: 'shutdown'; readonly reason: string }
  | { readonly event: 'unexpected-error'; readonly error: unknown };

/** Takes an event to wherever logs go. */
export type Log = (event: LogEvent) => void;

type Level = Exclude<LogLevel, 'silent'>;

/** How much each event matters, and the sentence that it is logged with. */
export const LOG_EVENTS: Readonly<Record<LogEvent['event'], readonly [level: Level, message: string]>> = {
  'config-loaded': ['info', 'configuration loaded'],
  'config-invalid': ['error', 'configuration is invalid: every tool call will say so'],
  'server-online': ['info', 'agent server answers'],
  'server-error': ['warn', 'agent server does not answer as it should'],
  'agents-changed': ['info', 'agents of a server changed'],
  'agents-dropped': ['warn', 'agents of a server were left out'],
  'call-done': ['info', 'call answered'],
  'call-failed': ['warn', 'call failed'],
  'next-hop-resting': ['warn', 'a next hop failed several times in a row and is not called for a while'],
  'next-hop-usable': ['info', 'a next hop may be called again'],
  listening: ['info', 'listener is open'],
  'copy-follows': ['info', 'another copy has the port: this one works through it'],
  'copy-lost-owner': ['info', 'the copy that had the port is gone'],
  'copy-alone': ['warn', 'the port cannot be had: this copy runs alone, without its peers'],
  'copies-unavailable': ['warn', 'other copies of this user cannot work through this one'],
  'dial-failed': ['info', 'peer cannot be reached'],
  'session-up': ['info', 'session with a peer is up'],
  'session-down': ['warn', 'session with a peer is down'],
  'notification-sent': ['info', 'told a peer why its connection is closed'],
  'peer-refused': ['warn', 'refused somebody who says to be a peer'],
  'request-refused': ['warn', 'refused a request'],
  'routes-malformed': ['warn', 'a peer sent routes that cannot be read'],
  'max-routes-reached': ['warn', 'a peer sent more routes than it may'],
  'max-bytes-reached': [
    'warn',
    'routes of a peer were refused, because they or those of all peers would take too much memory',
  ],
  'route-left-out': ['warn', 'a route of our own is not announced, because it would say too much'],
  'route-damped': ['warn', 'a route came and went too often and is not used for a while'],
  'dispute-held': ['warn', 'a route keeps changing and is held for a while'],
  'call-relayed': ['info', 'call of somebody else answered'],
  'lines-left-out': ['warn', 'an event came so often that some of its lines were left out'],
  shutdown: ['info', 'shutting down'],
  'unexpected-error': ['error', 'unexpected error'],
};
