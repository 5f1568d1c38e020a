import { setFlagsFromString } from 'node:v8';

/** How often a function runs before it is compiled for good; by default 400 and 500 times. */
const FLAGS = ['--invocation-count-for-maglev=40', '--minimum-invocations-after-ic-update=30'];

/**
 * Lets V8 compile what an UPDATE runs through after tens of them instead of hundreds: most routers never see more in their
 * life, and each of them costs half as much then (docs/decisions/rehearsal.md).
 */
export function compileEarly(): void {
  for (const flag of FLAGS) setFlagsFromString(flag);
}
