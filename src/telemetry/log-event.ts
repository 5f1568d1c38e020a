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
      readonly message: string;
      readonly attempts: number;
      readonly ms: number;
    }
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
  shutdown: ['info', 'shutting down'],
  'unexpected-error': ['error', 'unexpected error'],
};
