import type { Writable } from 'node:stream';

/** Reason why the program ends. */
export type EndReason =
  'stdin-closed' | 'stdout-broken' | 'stdout-unread' | 'transport-closed' | 'parent-gone' | (typeof SIGNALS)[number];

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Interval of the check for the parent. Its exit does not close our standard input if another process holds the pipe
 * open.
 */
const POLL_MS = 250;

/** Limit of unread output. A client that leaves more unread counts as gone. */
const MAX_UNREAD_BYTES = 64 * 1024 * 1024;

/** Calls `end` for every sign that the client is gone, and for signals that stop the program. */
export function watchClient(output: Writable, end: (reason: EndReason) => void): void {
  for (const event of ['end', 'close', 'error']) {
    process.stdin.on(event, () => {
      end('stdin-closed');
    });
  }
  for (const stream of [process.stdout, output]) {
    stream.on('error', () => {
      end('stdout-broken');
    });
  }
  // Without this listener a broken log pipe would end the program.
  process.stderr.on('error', () => undefined);
  for (const signal of SIGNALS) process.on(signal, end);
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) end('parent-gone');
    if (output.writableLength > MAX_UNREAD_BYTES) end('stdout-unread');
  }, POLL_MS).unref();
}
