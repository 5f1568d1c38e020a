import type { Writable } from 'node:stream';

/** Why the program has to end. */
export type EndReason =
  'stdin-closed' | 'stdout-broken' | 'stdout-unread' | 'transport-closed' | 'parent-gone' | (typeof SIGNALS)[number];

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A parent that dies takes our standard input with it, unless somebody else holds that open too. */
const POLL_MS = 250;

/** How much of our answers a client may leave unread before we take it that it reads no more. */
const MAX_UNREAD_BYTES = 64 * 1024 * 1024;

/** Watches for everything after which nobody is left to serve; `end` is called with each reason. */
export function watchLifeline(output: Writable, end: (reason: EndReason) => void): void {
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
  // Words that nobody can read any more are no reason to end.
  process.stderr.on('error', () => undefined);
  for (const signal of SIGNALS) process.on(signal, end);
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) end('parent-gone');
    if (output.writableLength > MAX_UNREAD_BYTES) end('stdout-unread');
  }, POLL_MS).unref();
}
