import { joined, type Crossed } from '../bgp/packet/crossed.ts';
import { Failure, type FailureCode, type Reached, type Spent } from '../failure.ts';
import type { Attempt } from './call.ts';
import type { Crossing, Tally } from './crossing.ts';
import { Deadline } from './deadline.ts';
import { passable, peerOn, type Hop } from './hop.ts';

/** A call that was sent, or could not be sent, and brought no answer. */
export class CallFailed extends Failure {
  /** `reached` is the worst of all attempts, `cause` the last failure that says more than that there is no way. */
  constructor(cause: Failure, reached: Reached, attempts: readonly Attempt[], spent: Spent) {
    const { code, message } = cause;
    super(code, message, { reached, details: { ...cause.details, reached, attempts }, spent, cause });
  }
}

/** The routers before this one have tried as many next hops as a call may. */
class AttemptsSpent extends Failure {
  constructor() {
    super(
      'SERVER_UNAVAILABLE',
      'The call came with no attempt left, so nothing was sent from here. Call again, or look why the next hops before failed.',
      { details: { reached: 'no' }, spent: { attemptsLeft: 0, crossed: [] } },
    );
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
export interface Trying extends Pick<Crossing, 'attempts' | 'retry' | 'crossed'> {
  readonly deadline: Deadline;
}

const REACHED: readonly Reached[] = ['no', 'maybe', 'yes'];

/** Failures that say nothing but that there is no other way: what failed before says more. */
const NO_WAY: readonly FailureCode[] = ['AGENT_NOT_FOUND', 'LOOP_DETECTED'];

/** Failures that every other copy would answer with too. */
const FINAL: readonly FailureCode[] = ['INVALID_REQUEST', 'DENIED_BY_POLICY', 'INVALID_AGENT_ID'];

/**
 * Calls one next hop after the other until one answers; goes on only where the last one was not reached, or where the caller
 * says that the call may be repeated, as long as the budget lasts, and never to a router that an earlier attempt came to. A
 * failure spends one of the budget, or as much as the routers behind that hop say they have spent.
 */
export async function tryHops<Reply>(
  hops: readonly Hop[],
  { attempts: budget, retry, crossed, deadline }: Trying,
  call: (hop: Hop, tally: Tally, deadline: Deadline) => Promise<Reply>,
): Promise<Tried<Reply>> {
  if (budget < 1) throw new AttemptsSpent();
  const attempts: Attempt[] = [];
  let tally: Tally = { attempts: budget, crossed: [] };
  let last: Failure | undefined;
  let reached: Reached = 'no';
  let rest = hops;
  for (let hop = rest[0]; hop !== undefined; hop = rest[0]) {
    const started = performance.now();
    const tried = (outcome: string): void => {
      attempts.push({ nextHop: hop.nextHop, outcome, ms: Math.round(performance.now() - started) });
    };
    const share = retry === 'always' ? Math.min(rest.length, tally.attempts) : 1;
    try {
      const reply = await underShare(deadline, share, (part) => call(hop, tally, part));
      tried('ok');
      return { reply, hop, attempts, attemptsLeft: tally.attempts };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      tried(error.code);
      last = moreTelling(last, error);
      reached = worse(reached, error.reached);
      tally = after(tally, hop, error);
      const mayGoOn = error.reached === 'no' || (retry === 'always' && !FINAL.includes(error.code));
      if (!mayGoOn || tally.attempts < 1 || deadline.signal.aborted) break;
      rest = passable(rest.slice(1), joined(crossed, tally.crossed));
    }
  }
  if (last === undefined) throw new Error('a resolved target has at least one hop');
  throw new CallFailed(last, reached, attempts, { attemptsLeft: tally.attempts, crossed: tally.crossed });
}

function moreTelling(before: Failure | undefined, now: Failure): Failure {
  return before !== undefined && NO_WAY.includes(now.code) ? before : now;
}

/** What is left after an attempt has failed. A server, unlike a router, has no say in it. */
function after({ attempts, crossed }: Tally, hop: Hop, { spent, reached }: Failure): Tally {
  const left = Math.max(0, attempts - 1);
  if (hop.peer === undefined) return { attempts: left, crossed };
  // A router that says why, or may have got the call, was crossed; one that could not be reached was not.
  const there = spent !== undefined || reached !== 'no' ? peerOn(hop) : undefined;
  const now: readonly Crossed[] = [...(there === undefined ? [] : [there]), ...(spent?.crossed ?? [])];
  return { attempts: Math.min(left, Math.max(0, spent?.attemptsLeft ?? left)), crossed: joined(crossed, now) };
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
