import type { Log, LogEvent } from './log-event.ts';

/** Maximum number of lines of one event within {@link WINDOW_MS}. */
export const MAX_LINES = 100;

/** Window in which lines are counted, in milliseconds. */
export const WINDOW_MS = 10_000;

/** Events that remote systems can cause at any rate. Their lines are limited, so that they cannot fill the disk. */
const PACED: ReadonlySet<LogEvent['event']> = new Set([
  'peer-refused',
  'request-refused',
  'routes-malformed',
  'notification-sent',
  'session-up',
  'session-down',
  'max-routes-reached',
  'max-bytes-reached',
  'route-left-out',
  'route-damped',
  'dispute-held',
]);

/** Wraps a log so that it drops lines of a too frequent event. Logs their number before the next line of that event. */
export function pacedLog(log: Log, now: () => number): Log {
  const windows = new Map<LogEvent['event'], { since: number; lines: number }>();
  return (event) => {
    const name = event.event;
    if (!PACED.has(name)) return log(event);
    const window = windows.get(name);
    const at = now();
    if (window !== undefined && at - window.since < WINDOW_MS) {
      window.lines += 1;
      if (window.lines <= MAX_LINES) log(event);
      return;
    }
    windows.set(name, { since: at, lines: 1 });
    const count = (window?.lines ?? 0) - MAX_LINES;
    if (count > 0) log({ event: 'lines-left-out', of: name, count });
    log(event);
  };
}
