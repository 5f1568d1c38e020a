import type { Log, LogEvent } from './log-event.ts';

/** How many lines of one event are written within {@link WINDOW_MS}. */
export const MAX_LINES = 100;

/** Over what time lines are counted, in milliseconds. */
export const WINDOW_MS = 10_000;

/** What others can cause as often as they like: the disk that logs go to must not be theirs to fill. */
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

/** Leaves out lines of an event that comes too often, and says with the next line of that event how many. */
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
