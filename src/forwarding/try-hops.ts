import { joined, type Crossed } from '../bgp/packet/crossed.ts';
import { Failure, type FailureCode, type Reached, type Spent } from '../failure/failure.ts';
import { attempt, type CallHop, type Ended } from './attempt.ts';
import type { Attempt, Retry } from './call.ts';
import type { Crossing, Tally } from './crossing.ts';
import { Deadline } from './deadline.ts';
import { hedged } from './hedge.ts';
import { passable, peerOn, type Hop } from './hop.ts';
import type { ResponseTimes } from './ports.ts';

/** A call that was sent, or could not be sent, and brought no answer. */
export class CallFailed extends Failure {
  /** `reached` is the worst of all attempts, `cause` the last failure that says more than that there is no way. */
  constructor(cause: Failure, reached: Reached, attempts: readonly Attempt[], spent: Spent) {
    const { code, message } = cause;
    super(code, message, {
      blames: cause.blames,
      isSilent: cause.isSilent,
      reached,
      details: { ...cause.details, reached, attempts },
      spent,
      cause,
    });
  }
}

/** The routers before this one have tried as many next hops as a call may. */
class AttemptsSpent extends Failure {
  constructor() {
    super(
      'SERVER_UNAVAILABLE',
      'The call came with no attempt left, so nothing was sent from here. Call again, or look why the next hops before failed.',
      { blames: 'nobody', details: { reached: 'no' }, spent: { attemptsLeft: 0, crossed: [] } },
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
  /** Where it is given, a call that may be repeated is hedged. */
  readonly times?: ResponseTimes | undefined;
}

/** What has come of attempts that were all in vain. */
interface Vain {
  /** What is left. */
  readonly tally: Tally;
  readonly last: Failure | undefined;
  readonly reached: Reached;
  readonly mayGoOn: boolean;
}

const REACHED: readonly Reached[] = ['no', 'maybe', 'yes'];

/** Failures that say nothing but that there is no other way: what failed before says more. */
const NO_WAY: readonly FailureCode[] = ['AGENT_NOT_FOUND', 'LOOP_DETECTED'];

/** Failures that every other copy would answer with too. */
const FINAL: readonly FailureCode[] = ['INVALID_REQUEST', 'DENIED_BY_POLICY', 'INVALID_AGENT_ID'];

/**
 * Calls one next hop after the other until one answers; goes on only where the last one was not reached, or where the caller
 * says that the call may be repeated, as long as the budget lasts, and never to a router that an earlier attempt came to. A
 * failure spends one of the budget, or as much as the routers behind that hop say they have spent. A call that may be
 * repeated is hedged, once, where it is known how long an answer takes.
 */
export async function tryHops<Reply>(
  hops: readonly Hop[],
  trying: Trying,
  call: CallHop<Reply>,
): Promise<Tried<Reply>> {
  const { retry, crossed, deadline, times } = trying;
  if (trying.attempts < 1) throw new AttemptsSpent();
  const attempts: Attempt[] = [];
  let vain: Vain = { tally: { attempts: trying.attempts, crossed: [] }, last: undefined, reached: 'no', mayGoOn: true };
  let isHedged = false;
  let rest = hops;
  for (let hop = rest[0]; hop !== undefined; hop = rest[0]) {
    const now = isHedged ? { ...trying, times: undefined } : trying;
    const ends: readonly Ended<Reply>[] = await next(hop, rest, vain.tally, now, call);
    isHedged ||= ends.length > 1;
    attempts.push(...ends.map(shown));
    if (times !== undefined) learn(times, ends);
    const end = ends.at(-1);
    if (end?.outcome === 'ok') return { reply: end.reply, hop: end.hop, attempts, attemptsLeft: end.tally.attempts };
    vain = afterAll(vain, ends, retry);
    if (!vain.mayGoOn || vain.tally.attempts < 1 || deadline.signal.aborted) break;
    const others = rest.filter((one) => !ends.some((end) => end.hop === one));
    rest = passable(others, joined(crossed, vain.tally.crossed));
  }
  const { last, reached, tally } = vain;
  if (last === undefined) throw new Error('a resolved target has at least one hop');
  throw new CallFailed(last, reached, attempts, { attemptsLeft: tally.attempts, crossed: tally.crossed });
}

/** Makes the next attempt, and hedges it where it can. */
function next<Reply>(
  hop: Hop,
  rest: readonly Hop[],
  tally: Tally,
  trying: Trying,
  call: CallHop<Reply>,
): Promise<readonly Ended<Reply>[]> {
  const { crossed, deadline, retry, times } = trying;
  if (retry !== 'always') return alone(hop, tally, deadline, 1, call);
  const shares = Math.min(rest.length, tally.attempts);
  const usualMs = shares > 1 ? times?.usualMs(hop.nextHop, hop.agentId) : undefined;
  if (usualMs === undefined) return alone(hop, tally, deadline, shares, call);
  return hedged({ hop, others: rest.slice(1), tally, crossed, deadline }, usualMs, call);
}

function shown({ hop, ms, ...end }: Ended<unknown>): Attempt {
  const outcome = end.outcome === 'failed' ? end.failure.code : end.outcome;
  return { nextHop: hop.nextHop, outcome, ms: Math.round(ms) };
}

/** An attempt that was overtaken would have taken longer yet: left out, slow next hops would count as fast as they were. */
function learn(times: ResponseTimes, ends: readonly Ended<unknown>[]): void {
  for (const { hop, ms, outcome } of ends) {
    if (outcome === 'ok' || outcome === 'overtaken') times.took(hop.nextHop, hop.agentId, ms);
  }
}

function afterAll(before: Vain, ends: readonly Ended<unknown>[], retry: Retry): Vain {
  const sent = ends.reduce((sum, { tally }) => sum + tally.attempts, 0);
  const { attempts, crossed } = before.tally;
  let vain: Vain = { ...before, tally: { attempts: attempts - sent, crossed } };
  for (const end of ends) {
    if (end.outcome !== 'failed') continue;
    const { failure } = end;
    vain = {
      tally: after(vain.tally, end.hop, end.tally, failure),
      last: moreTelling(vain.last, failure),
      reached: worse(vain.reached, failure.reached),
      mayGoOn: vain.mayGoOn && (failure.reached === 'no' || (retry === 'always' && !FINAL.includes(failure.code))),
    };
  }
  return vain;
}

function moreTelling(before: Failure | undefined, now: Failure): Failure {
  return before !== undefined && NO_WAY.includes(now.code) ? before : now;
}

/** What is left, together with what a failed attempt has left of what went with it. A server, unlike a router, has no say in it. */
function after({ attempts, crossed }: Tally, hop: Hop, sent: Tally, { spent, reached }: Failure): Tally {
  const left = Math.max(0, sent.attempts - 1);
  if (hop.peer === undefined) return { attempts: attempts + left, crossed };
  // A router that says why, or may have got the call, was crossed; one that could not be reached was not.
  const there = spent !== undefined || reached !== 'no' ? peerOn(hop) : undefined;
  const now: readonly Crossed[] = [...(there === undefined ? [] : [there]), ...(spent?.crossed ?? [])];
  const returned = Math.min(left, Math.max(0, spent?.attemptsLeft ?? left));
  return { attempts: attempts + returned, crossed: joined(crossed, now) };
}

/** Makes one attempt within its part of the time, so that a next hop that hangs leaves some for the others. */
async function alone<Reply>(
  hop: Hop,
  tally: Tally,
  deadline: Deadline,
  shares: number,
  call: CallHop<Reply>,
): Promise<readonly Ended<Reply>[]> {
  if (shares === 1) return [await attempt(hop, tally, deadline, call)];
  const part = new Deadline(deadline.signal, deadline.remainingMs / shares);
  try {
    return [await attempt(hop, tally, part, call)];
  } finally {
    // Not stopped: a body may still be on its way, and must end with the call.
    part.lift();
  }
}

function worse(a: Reached, b: Reached): Reached {
  return REACHED.indexOf(a) > REACHED.indexOf(b) ? a : b;
}
