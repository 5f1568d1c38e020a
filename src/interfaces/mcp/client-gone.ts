import type { Writable } from 'node:stream';

/** The reason why the program has to end. */
export type EndReason =
  'stdin-closed' | 'stdout-broken' | 'stdout-unread' | 'transport-closed' | 'parent-gone' | (typeof SIGNALS)[number];

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The death of the parent closes our standard input, unless another process holds it open too. */
const POLL_MS = 250;

/** A client that leaves more of our answers unread counts as one that no longer reads. */
const MAX_UNREAD_BYTES = 64 * 1024 * 1024;

/** Calls `end` with each sign that the client is gone or that the program is told to stop. */
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
  // The log has no reader any more, which is no reason to end.
  process.stderr.on('error', () => undefined);
  for (const signal of SIGNALS) process.on(signal, end);
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) end('parent-gone');
    if (output.writableLength > MAX_UNREAD_BYTES) end('stdout-unread');
  }, POLL_MS).unref();
}
