import { escapeHidden } from '../../core/bgp/packet/escape-hidden.ts';
import type { CliIo } from './cli-io.ts';

export { escapeHidden as printable };

/** A text of strangers as one line that a terminal can be given: what would not show is written as `\uXXXX`. */
export function printableLine(text: string): string {
  return escapeHidden(text).replaceAll('\n', '\\n');
}

/** The same process around the command line, to which nothing is printed that a terminal would act on. */
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
