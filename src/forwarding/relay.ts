import { parseCrossedList } from '../bgp/packet/crossed.ts';
import { FAILURE_CODES, type Reached } from '../failure.ts';
import { crossingHeaders } from './crossing.ts';
import { RelayRefused } from './front-failure.ts';
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
    throw refusal(response.status, await response.text(), words);
  };
}

function refusal(status: number, text: string, words: (error: unknown) => string): RelayRefused {
  const { error, code, reached, attemptsLeft, crossed, retryAfterMs } = objectIn(text);
  const said = words(error) || `HTTP ${status}`;
  const known = FAILURE_CODES.find((one) => one === code);
  if (known !== undefined) {
    const left = typeof attemptsLeft === 'number' ? attemptsLeft : undefined;
    const spent = { attemptsLeft: left, crossed: parseCrossedList(crossed) };
    const details = typeof retryAfterMs === 'number' ? { retryAfterMs } : {};
    return new RelayRefused(known, status, said, { reached: reachedOf(reached), spent, details });
  }
  const isMissing = /^Agent(?: with (?:name|id) .*)? not found$/i.test(said);
  return isMissing
    ? new RelayRefused('AGENT_NOT_FOUND', 404, said, { reached: 'no' })
    : new RelayRefused('AGENT_ERROR', status, said, { reached: 'maybe' });
}

function reachedOf(said: unknown): Reached {
  return said === 'no' || said === 'yes' ? said : 'maybe';
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const json = JSON.parse(text) as unknown;
    return typeof json === 'object' && json !== null ? { ...json } : {};
  } catch {
    return {};
  }
}
