import { Failure, OutcomeUnknown } from '../../base/failure/failure.ts';
import { HopRefused } from '../../base/failure/hop-refused.ts';
import type { Relay } from './ports.ts';

/**
 * Returns the same relay for calls of agents. If a call is lost on its way, the failure says that the agent may have
 * acted.
 */
export function cautious(relay: Relay): Relay {
  return async (hop, request) => {
    try {
      return await relay(hop, request);
    } catch (error) {
      // A next hop that rejects the call reports itself whether the agent was reached.
      const isLost = error instanceof Failure && error.reached === 'maybe' && !(error instanceof HopRefused);
      throw isLost ? new OutcomeUnknown(error) : error;
    }
  };
}
