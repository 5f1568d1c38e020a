import { Failure, type FailureCode, type Reached } from '../failure.ts';
import type { Attempt, Retry } from './call.ts';
import { Deadline } from './deadline.ts';
import type { Hop } from './hop.ts';

/** A call that was sent, or could not be sent, and brought no answer. */
export class CallFailed extends Failure {
  /** `reached` is the worst of all attempts, `cause` the last failure. */
  constructor(cause: Failure, reached: Reached, attempts: readonly Attempt[], attemptsLeft: number) {
    const { code, message } = cause;
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

/** How far the attempts at one call may go. */
export interface Trying {
  /** How many next hops may be tried. */
  readonly budget: number;
  readonly retry: Retry;
  readonly deadline: Deadline;
}

const REACHED: readonly Reached[] = ['no', 'maybe', 'yes'];

/** Failures that every other copy would answer with too. */
const FINAL: readonly FailureCode[] = ['INVALID_REQUEST', 'DENIED_BY_POLICY', 'INVALID_AGENT_ID'];

/**
 * Calls one next hop after the other until one answers; goes on only where the last one was not reached, or where the caller
 * says that the call may be repeated, and as long as the budget lasts. A failure spends one of it, or as much as the routers behind
 * that hop say they have spent.
 */
export async function tryHops<Reply>(
  hops: readonly Hop[],
  { budget, retry, deadline }: Trying,
  call: (hop: Hop, attempts: number, deadline: Deadline) => Promise<Reply>,
): Promise<Tried<Reply>> {
  const attempts: Attempt[] = [];
  let attemptsLeft = budget;
  let last: Failure | undefined;
  let reached: Reached = 'no';
  for (const [index, hop] of hops.entries()) {
    const started = performance.now();
    const tried = (outcome: string): void => {
      attempts.push({ nextHop: hop.nextHop, outcome, ms: Math.round(performance.now() - started) });
    };
    const share = retry === 'always' ? Math.min(hops.length - index, attemptsLeft) : 1;
    try {
      const reply = await underShare(deadline, share, (part) => call(hop, attemptsLeft, part));
      tried('ok');
      return { reply, hop, attempts, attemptsLeft };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      tried(error.code);
      last = error;
      reached = worse(reached, error.reached);
      attemptsLeft = Math.min(attemptsLeft - 1, leftBehind(error) ?? Infinity);
      const mayGoOn = error.reached === 'no' || (retry === 'always' && !FINAL.includes(error.code));
      if (!mayGoOn || attemptsLeft < 1 || deadline.signal.aborted) break;
    }
  }
  if (last === undefined) throw new Error('a resolved target has at least one hop');
  throw new CallFailed(last, reached, attempts, Math.max(0, attemptsLeft));
}

/** Runs one attempt within its part of the time, so that a next hop that hangs leaves some for the others. */
async function underShare<T>(deadline: Deadline, share: number, run: (part: Deadline) => Promise<T>): Promise<T> {
  if (share === 1) return run(deadline);
  const part = new Deadline(deadline.signal, deadline.remainingMs / share);
  try {
    return await run(part);
  } finally {
    // Not stopped: a body may still be on its way, and must end with the call.
    part.lift();
  }
}

function worse(a: Reached, b: Reached): Reached {
  return REACHED.indexOf(a) > REACHED.indexOf(b) ? a : b;
}

function leftBehind({ details }: Failure): number | undefined {
  const left = details['attemptsLeft'];
  return typeof left === 'number' ? left : undefined;
}
