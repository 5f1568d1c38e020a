import { escapeHidden } from '../../core/bgp/packet/escape-hidden.ts';
import type { CliIo } from './cli-io.ts';

export { escapeHidden as printable };

/** Returns an untrusted text as one line that is safe for a terminal. Writes hidden characters as `\uXXXX`. */
export function printableLine(text: string): string {
  return escapeHidden(text).replaceAll('\n', '\\n');
}

/** Wraps the output of a process so that it escapes control sequences for the terminal. */
export function printingSafely(io: CliIo): CliIo {
  return {
    ...io,
    out: (text) => {
      io.out(escapeHidden(text));
    },
    err: (text) => {
      io.err(escapeHidden(text));
    },
  };
}
