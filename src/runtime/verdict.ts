import { RouterRefused } from '../agents/failures.ts';
import { ConnectionLost, ServerUnreachable } from '../egress/failures.ts';
import { Failure, OutcomeUnknown } from '../failure.ts';
import { RelayRefused } from '../forwarding/front-failure.ts';
import { OtherAnswered } from '../forwarding/hedge.ts';
import { PeerSilent } from '../peering/silent-peers.ts';

/** What a call says of its next hop; undefined where its failure has nothing to do with it. */
export type Verdict = 'answered' | 'agent-failed' | 'gone' | 'late' | 'overtaken' | undefined;

/** Reads a failed call of a server, or of a peer. */
export function verdictOn(error: unknown, isPeer: boolean, signal: AbortSignal): Verdict {
  if (!(error instanceof Failure)) return undefined;
  if (isCancelled(signal)) return verdictOnCut(signal);
  const isRefusal = error instanceof RouterRefused || error instanceof RelayRefused;
  // Whoever refuses is there; what is behind a peer is the peer's own business.
  if (isRefusal && isPeer) return 'answered';
  if (isCallersFault(error)) return undefined;
  switch (error.code) {
    case 'AGENT_ERROR':
      return 'agent-failed';
    case 'SERVER_UNAVAILABLE':
      return isSilent(error) ? 'gone' : 'agent-failed';
    case 'TIMEOUT':
      return isRefusal ? 'agent-failed' : 'late';
    default:
      return undefined;
  }
}

const OUT_OF_TIME = 408;
const RATE_LIMITED = 429;

/** What a server refuses for the request, or for who makes it, says nothing of the server: its callers could spoil its health. */
function isCallersFault({ details: { status } }: Failure): boolean {
  if (typeof status !== 'number' || status === OUT_OF_TIME || status === RATE_LIMITED) return false;
  return status >= 400 && status < 500;
}

/** A server that answers is there, however badly it answers: resting it would hide what it says. */
function isSilent(error: Failure): boolean {
  const cause = error instanceof OutcomeUnknown ? error.cause : error;
  return cause instanceof ServerUnreachable || cause instanceof ConnectionLost || cause instanceof PeerSilent;
}

function isCancelled({ aborted, reason }: AbortSignal): boolean {
  return aborted && !(reason instanceof Error && reason.name === 'TimeoutError');
}

/** Only of one that was overtaken it is known that it was slow. */
function verdictOnCut({ reason }: AbortSignal): Verdict {
  return reason instanceof OtherAnswered && reason.cut === 'overtaken' ? 'overtaken' : undefined;
}
