import { Failure } from '../../base/failure/failure.ts';
import type { Backend } from './backend.ts';
import type { Log } from '../../base/telemetry/log-event.ts';

/** Wraps the calls of a forwarder so that each logs its success or failure. */
export function loggedCalls(forwarder: { readonly forward: Backend['call'] }, log: Log): Backend['call'] {
  return async (request, control) => {
    const started = performance.now();
    const agent = request.targetAgentId;
    const ms = (): number => Math.round(performance.now() - started);
    try {
      const outcome = await forwarder.forward(request, control);
      log({ event: 'call-done', agent, nextHop: outcome.serverUsed, attempts: outcome.attempts.length, ms: ms() });
      return outcome;
    } catch (error) {
      if (error instanceof Failure) {
        const { code, message, details } = error;
        const attempts = Array.isArray(details['attempts']) ? details['attempts'].length : 0;
        log({ event: 'call-failed', agent, code, error: message, attempts, ms: ms() });
      }
      throw error;
    }
  };
}
