import { Failure, type FailureCode } from '../../base/failure/failure.ts';
import { OtherAnswered } from './hedge.ts';

/** Outcome of a call for its next hop; undefined if the failure does not concern the next hop. */
export type HopOutcome = 'answered' | 'agent-failed' | 'gone' | 'late' | 'overtaken' | undefined;

/** Codes with which a router at a configured server's URL reports that an agent behind it is unhealthy. */
const AILING: readonly FailureCode[] = ['AGENT_ERROR', 'SERVER_UNAVAILABLE', 'TIMEOUT'];

/** Returns the outcome of a failed call for its next hop, a server or a peer. */
export function hopOutcome(error: unknown, isPeer: boolean, signal: AbortSignal): HopOutcome {
  if (!(error instanceof Failure)) return undefined;
  if (isCancelled(signal)) return outcomeOfCut(signal);
  // Only a silent next hop is paused. A pause of one that answers would hide its error messages.
  if (error.isSilent) return error.code === 'TIMEOUT' ? 'late' : 'gone';
  switch (error.blames) {
    case 'server':
      return 'agent-failed';
    case 'peer':
      // A refusal proves that the peer is up. Failures behind a peer do not count against it.
      if (isPeer) return 'answered';
      return AILING.includes(error.code) ? 'agent-failed' : undefined;
    // A caller must not be able to lower a server's health with requests that the server has to reject.
    case 'caller':
    case 'nobody':
      return undefined;
  }
}

function isCancelled({ aborted, reason }: AbortSignal): boolean {
  return aborted && !(reason instanceof Error && reason.name === 'TimeoutError');
}

/** Returns the outcome of a cancelled attempt. Only an overtaken attempt is known to have been slow. */
function outcomeOfCut({ reason }: AbortSignal): HopOutcome {
  return reason instanceof OtherAnswered && reason.cut === 'overtaken' ? 'overtaken' : undefined;
}
