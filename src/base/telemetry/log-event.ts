import type { LogLevel } from './log-level.ts';

/** Closed list of the events that this program logs. */
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
  /** Another process of this user owns the port and the peers. This process works through it. */
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
      /** True if both sides have the same decision order. */
      readonly sameDecision: boolean;
    }
  | { readonly event: 'session-down'; readonly peer: string; readonly cause: string; readonly reason?: string }
  | { readonly event: 'notification-sent'; readonly peer: string; readonly name: string; readonly reason?: string }
  /** A router that claims to be a peer was rejected. */
  | { readonly event: 'peer-refused'; readonly reason: string }
  | { readonly event: 'request-refused'; readonly reason: string }
  | {
      readonly event: 'routes-malformed';
      readonly peer: string;
      readonly malformed: number;
      readonly dropped: number;
      /** First of the malformed routes. */
      readonly first?: string;
      readonly fault?: string;
    }
  | { readonly event: 'max-routes-reached'; readonly peer: string; readonly maxRoutes: number }
  | { readonly event: 'max-bytes-reached'; readonly peer: string; readonly maxBytes: number }
  /** An agent of `server`, or an aggregate if `server` is absent. */
  | { readonly event: 'route-left-out'; readonly nlri: string; readonly server?: string; readonly reason: string }
  | { readonly event: 'route-damped'; readonly neighbor: string; readonly nlri: string; readonly until: string }
  | { readonly event: 'dispute-held'; readonly nlri: string; readonly until: string }
  /** A call that was relayed for another caller. */
  | {
      readonly event: 'call-relayed';
      readonly caller: string;
      readonly agent: string;
      readonly status: number;
      readonly ms: number;
      /** W3C trace id of the call, the same at every router on its path. */
      readonly trace: string;
    }
  | { readonly event: 'lines-left-out'; readonly of: string; readonly count: number }
  | { readonly event: 'shutdown'; readonly reason: string }
  | { readonly event: 'unexpected-error'; readonly error: unknown };

/** Writes an event to the log. */
export type Log = (event: LogEvent) => void;

type Level = Exclude<LogLevel, 'silent'>;

/** Level and message of each event. */
export const LOG_EVENTS: Readonly<Record<LogEvent['event'], readonly [level: Level, message: string]>> = {
  'config-loaded': ['info', 'configuration loaded'],
  'config-invalid': ['error', 'configuration is invalid, so every tool call fails'],
  'server-online': ['info', 'agent server answers'],
  'server-error': ['warn', 'agent server failed to answer properly'],
  'agents-changed': ['info', 'agents of a server changed'],
  'agents-dropped': ['warn', 'some agents of a server were ignored'],
  'call-done': ['info', 'call answered'],
  'call-failed': ['warn', 'call failed'],
  'next-hop-resting': ['warn', 'next hop failed repeatedly and is paused'],
  'next-hop-usable': ['info', 'next hop is in use again'],
  listening: ['info', 'listener is open'],
  'copy-follows': ['info', 'another copy owns the port, so this one works through it'],
  'copy-lost-owner': ['info', 'the copy that owned the port is gone'],
  'copy-alone': ['warn', 'the port is unavailable, so this copy runs alone without peers'],
  'copies-unavailable': ['warn', 'other copies of this user cannot work through this one'],
  'dial-failed': ['info', 'peer is unreachable'],
  'session-up': ['info', 'session with a peer is up'],
  'session-down': ['warn', 'session with a peer is down'],
  'notification-sent': ['info', 'sent a NOTIFICATION and closed the connection'],
  'peer-refused': ['warn', 'rejected a router that claims to be a peer'],
  'request-refused': ['warn', 'rejected a request'],
  'routes-malformed': ['warn', 'peer sent malformed routes'],
  'max-routes-reached': ['warn', 'peer exceeded its maximum number of routes'],
  'max-bytes-reached': [
    'warn',
    'rejected routes of a peer, because its routes or those of all peers exceed the memory limit',
  ],
  'route-left-out': ['warn', 'own route is not announced, because its attributes exceed a limit'],
  'route-damped': ['warn', 'route flapped too often and is suppressed'],
  'dispute-held': ['warn', 'route keeps changing and is held'],
  'call-relayed': ['info', 'relayed call answered'],
  'lines-left-out': ['warn', 'dropped log lines of an event that was too frequent'],
  shutdown: ['info', 'shutting down'],
  'unexpected-error': ['error', 'unexpected error'],
};
