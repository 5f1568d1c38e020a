import { Failure, type FailureCode } from '../../base/failure/failure.ts';
import { OtherAnswered } from './hedge.ts';

/** The verdict of a call on its next hop; undefined where its failure has nothing to do with the next hop. */
export type HopOutcome = 'answered' | 'agent-failed' | 'gone' | 'late' | 'overtaken' | undefined;

/** The codes with which a router at the URL of a server says that an agent behind it is not well. */
const AILING: readonly FailureCode[] = ['AGENT_ERROR', 'SERVER_UNAVAILABLE', 'TIMEOUT'];

/** Returns the verdict of a failed call on its next hop: a server, or a peer. */
export function hopOutcome(error: unknown, isPeer: boolean, signal: AbortSignal): HopOutcome {
  if (!(error instanceof Failure)) return undefined;
  if (isCancelled(signal)) return outcomeOfCut(signal);
  // Only a next hop that gives no answer is to rest: resting one that answers would hide what it says.
  if (error.isSilent) return error.code === 'TIMEOUT' ? 'late' : 'gone';
  switch (error.blames) {
    case 'server':
      return 'agent-failed';
    case 'peer':
      // A refusal proves that the peer is up. Failures behind a peer do not count against it.
      if (isPeer) return 'answered';
      return AILING.includes(error.code) ? 'agent-failed' : undefined;
    // Callers could spoil the health of a server with requests that it has to reject.
    case 'caller':
    case 'nobody':
      return undefined;
  }
}

function isCancelled({ aborted, reason }: AbortSignal): boolean {
  return aborted && !(reason instanceof Error && reason.name === 'TimeoutError');
}

/** Only an attempt that was overtaken is known to have been slow. */
function outcomeOfCut({ reason }: AbortSignal): HopOutcome {
  return reason instanceof OtherAnswered && reason.cut === 'overtaken' ? 'overtaken' : undefined;
}
