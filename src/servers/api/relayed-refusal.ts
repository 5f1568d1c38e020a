import type { FailureCode, Reached } from '../../base/failure/failure.ts';
import { HopRefused } from '../../base/failure/hop-refused.ts';
import { blameOf, refusalMeaning, type RefusalMeaning } from './refusal-meaning.ts';
import type { Refusal } from './refusal.ts';

interface Outcome {
  readonly code: FailureCode;
  readonly reached: Reached;
  /** Message before the server's own words, which do not say who speaks. */
  readonly says?: string;
  /** Status of the answer if the server's status would mean something else from a router. */
  readonly status?: number;
}

const OUTCOMES: Readonly<Record<RefusalMeaning, Outcome>> = {
  'agent-gone': { code: 'AGENT_NOT_FOUND', reached: 'no', status: 404 },
  'agent-failed': { code: 'AGENT_ERROR', reached: 'yes' },
  'call-refused': { code: 'SERVER_UNAVAILABLE', reached: 'maybe', says: "The agent's server rejects the call" },
  'request-rejected': { code: 'INVALID_REQUEST', reached: 'maybe', says: 'The agent does not accept the request' },
  'rate-limited': {
    code: 'SERVER_UNAVAILABLE',
    reached: 'maybe',
    says: "The agent's server is rate limiting calls",
  },
  foreign: {
    code: 'SERVER_UNAVAILABLE',
    reached: 'no',
    status: 502,
    says: "The agent's server does not answer like a Mastra server",
  },
  'server-broken': {
    code: 'SERVER_UNAVAILABLE',
    reached: 'maybe',
    says: "The agent's server cannot serve the call",
  },
};

/**
 * Returns the refusal for the previous router, which has relayed the call. A router's own message is forwarded
 * unchanged, a server's message without its address. Failures behind a router do not count against it.
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
