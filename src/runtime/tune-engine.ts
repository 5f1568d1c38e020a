import { setFlagsFromString } from 'node:v8';

const FLAGS = [
  // Number of calls before a function is compiled with optimisation. The default is hundreds.
  '--invocation-count-for-maglev=40',
  '--minimum-invocations-after-ic-update=30',
  // Keep the size of the young generation. It would otherwise grow to 64 MB with the first large table and never
  // shrink.
  '--semi-space-growth-factor=1',
];

/**
 * Tunes V8 for a router with peers, which handles few messages, each of them quickly, and a large table
 * (docs/decisions/engine.md).
 */
export function tuneEngine(): void {
  for (const flag of FLAGS) setFlagsFromString(flag);
}
