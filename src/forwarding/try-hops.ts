import { Failure } from '../failure.ts';
import type { Attempt } from './call.ts';
import type { Hop } from './hop.ts';

/** A call that was sent, or could not be sent, and brought no answer. */
export class CallFailed extends Failure {
  constructor(cause: Failure, attempts: readonly Attempt[], attemptsLeft: number) {
    const { code, message, reached } = cause;
    super(code, message, { reached, details: { ...cause.details, reached, attempts, attemptsLeft }, cause });
  }
}

export interface Tried<Reply> {
  readonly reply: Reply;
  readonly hop: Hop;
  readonly attempts: readonly Attempt[];
  /** How many next hops could still be tried. */
  readonly attemptsLeft: number;
}

/**
 * Calls one next hop after the other until one answers; goes on only where the last one was not reached, and as long as
 * the budget lasts. A failure spends one of it, or as much as the routers behind that hop say they have spent.
 */
export async function tryHops<Reply>(
  hops: readonly Hop[],
  budget: number,
  signal: AbortSignal,
  call: (hop: Hop, attempts: number) => Promise<Reply>,
): Promise<Tried<Reply>> {
  const attempts: Attempt[] = [];
  let attemptsLeft = budget;
  let last: Failure | undefined;
  for (const hop of hops) {
    const started = performance.now();
    const tried = (outcome: string): void => {
      attempts.push({ nextHop: hop.nextHop, outcome, ms: Math.round(performance.now() - started) });
    };
    try {
      const reply = await call(hop, attemptsLeft);
      tried('ok');
      return { reply, hop, attempts, attemptsLeft };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      tried(error.code);
      last = error;
      attemptsLeft = Math.min(attemptsLeft - 1, leftBehind(error) ?? Infinity);
      if (error.reached !== 'no' || attemptsLeft < 1 || signal.aborted) break;
    }
  }
  if (last === undefined) throw new Error('a resolved target has at least one hop');
  throw new CallFailed(last, attempts, Math.max(0, attemptsLeft));
}

function leftBehind({ details }: Failure): number | undefined {
  const left = details['attemptsLeft'];
  return typeof left === 'number' ? left : undefined;
}
