import { Failure, OutcomeUnknown, type FailureCode, type Reached } from '../failure/failure.ts';
import { HopRefused } from '../failure/hop-refused.ts';
import { readRouterRefusal } from '../failure/router-refusal.ts';
import { CALL_SHAPE, parseJson } from '../parse-json.ts';
import { blameOf, refusalMeaning, type RefusalMeaning } from '../refusal-meaning.ts';
import { crossingHeaders } from './crossing.ts';
import type { Hop } from './hop.ts';
import type { Relay } from './ports.ts';
import { contextOf } from './recursion.ts';
import { inBody } from './request-context.ts';

/**
 * Sends calls on to servers and routers; what they refuse is a failure that says whether the agent was reached. `words`
 * is what may be said to others of their errors.
 */
export function relayOver(fetchOf: (hop: Hop) => typeof globalThis.fetch, words: (error: unknown) => string): Relay {
  return async (hop, { action, contentType, body, crossing, signal }) => {
    const { nextHop, agentId, peer } = hop;
    const { traceparent } = crossing;
    const response = await fetchOf(hop)(`${nextHop}/api/agents/${encodeURIComponent(agentId)}/${action}`, {
      method: 'POST',
      headers: {
        'content-type': contentType,
        ...(peer === undefined ? { traceparent } : crossingHeaders(crossing)),
      },
      body: peer === undefined ? inBody(body, contextOf(crossing, hop)) : body,
      signal,
    });
    if (response.ok) return response;
    throw refusal(response.status, await response.text(), words, peer !== undefined);
  };
}

/** The same relay for calls of agents: of one that is lost on its way it says that the agent may have acted. */
export function cautious(relay: Relay): Relay {
  return async (hop, request) => {
    try {
      return await relay(hop, request);
    } catch (error) {
      // Who refuses says it, or was told.
      const isLost = error instanceof Failure && error.reached === 'maybe' && !(error instanceof HopRefused);
      throw isLost ? new OutcomeUnknown(error) : error;
    }
  };
}

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

function refusal(status: number, text: string, wordsOf: (error: unknown) => string, isPeer: boolean): HopRefused {
  const json = parsed(text);
  const said = json === undefined ? undefined : wordsOf(json);
  const message = said || `HTTP ${status}`;
  const refused = readRouterRefusal(status, json, () => message);
  if (refused !== undefined) return refused;
  const outcome = OUTCOMES[refusalMeaning(status, said)];
  const { status: answered = status, says } = outcome;
  const words = says === undefined ? message : `${says} (HTTP ${status}${said ? `: ${said}` : ''})`;
  const blames = isPeer ? 'peer' : blameOf(answered);
  return new HopRefused(outcome.code, answered, words, { blames, reached: outcome.reached });
}

function parsed(text: string): unknown {
  try {
    return parseJson(text, CALL_SHAPE);
  } catch {
    return undefined;
  }
}
