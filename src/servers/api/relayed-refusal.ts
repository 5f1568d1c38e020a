import type { FailureCode, Reached } from '../../base/failure/failure.ts';
import { HopRefused } from '../../base/failure/hop-refused.ts';
import { blameOf, refusalMeaning, type RefusalMeaning } from './refusal-meaning.ts';
import type { Refusal } from './refusal.ts';

interface Outcome {
  readonly code: FailureCode;
  readonly reached: Reached;
  /** What to say besides the server's own words, which leave open who says them. */
  readonly says?: string;
  /** What is answered in place of a status that would mean something else in our mouth. */
  readonly status?: number;
}

const OUTCOMES: Readonly<Record<RefusalMeaning, Outcome>> = {
  'agent-gone': { code: 'AGENT_NOT_FOUND', reached: 'no', status: 404 },
  'agent-failed': { code: 'AGENT_ERROR', reached: 'yes' },
  'call-refused': { code: 'SERVER_UNAVAILABLE', reached: 'maybe', says: 'The server of the agent refuses the call' },
  'request-rejected': { code: 'INVALID_REQUEST', reached: 'maybe', says: 'The agent does not accept the request' },
  'rate-limited': {
    code: 'SERVER_UNAVAILABLE',
    reached: 'maybe',
    says: 'The server of the agent takes no more calls for now',
  },
  foreign: {
    code: 'SERVER_UNAVAILABLE',
    reached: 'no',
    status: 502,
    says: 'The server of the agent does not answer like a Mastra server',
  },
  'server-broken': {
    code: 'SERVER_UNAVAILABLE',
    reached: 'maybe',
    says: 'The server of the agent cannot serve the call',
  },
};

/**
 * Returns what a refusal means to the router before, which has relayed the call: a router's own words go on as they are, and
 * a server's without its place. Failures behind a router do not count against it.
 */
export function relayedRefusal(refusal: Refusal, isRouter: boolean): HopRefused {
  const { status, said } = refusal;
  const message = said || `HTTP ${status}`;
  const refused = refusal.ofRouter((words) => words);
  if (refused !== undefined) return refused;
  const { code, reached, says, status: answered = status } = OUTCOMES[refusalMeaning(status, said)];
  const words = says === undefined ? message : `${says} (HTTP ${status}${said ? `: ${said}` : ''})`;
  return new HopRefused(code, answered, words, { blames: isRouter ? 'peer' : blameOf(answered), reached });
}
