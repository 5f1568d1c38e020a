import { setFlagsFromString } from 'node:v8';

const FLAGS = [
  // How often a function runs before it is compiled for good: by default hundreds of times.
  '--invocation-count-for-maglev=40',
  '--minimum-invocations-after-ic-update=30',
  // The space for young objects stays as it is, where it would grow to 64 MB with the first large table and never shrink.
  '--semi-space-growth-factor=1',
];

/** Sets V8 up for a router among others: few messages, each of which should be quick, and a large table (docs/decisions/engine.md). */
export function tuneEngine(): void {
  for (const flag of FLAGS) setFlagsFromString(flag);
}
