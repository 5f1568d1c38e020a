import type { Blame } from '../../base/failure/failure.ts';

/** Meaning of an error reply from a server that is not a router. */
export type RefusalMeaning =
  | 'agent-gone'
  | 'agent-failed'
  /** The server rejects the call as unauthenticated or not permitted. */
  | 'call-refused'
  /** The request is invalid, and every other copy would reject it too. */
  | 'request-rejected'
  | 'rate-limited'
  /** The answering process is not a server of agents. */
  | 'foreign'
  | 'server-broken';

const MEANINGS: ReadonlyMap<number, RefusalMeaning> = new Map([
  [400, 'request-rejected'],
  [401, 'call-refused'],
  [403, 'call-refused'],
  [404, 'agent-failed'],
  [406, 'request-rejected'],
  [407, 'call-refused'],
  [411, 'request-rejected'],
  [413, 'request-rejected'],
  [414, 'request-rejected'],
  [415, 'request-rejected'],
  [422, 'request-rejected'],
  [429, 'rate-limited'],
  [431, 'request-rejected'],
  [500, 'agent-failed'],
]);

const OUT_OF_TIME = 408;
const RATE_LIMITED = 429;

/** Returns the party that a refusal with this status blames. A rejected request does not count against the server. */
export function blameOf(status: number): Blame {
  return status >= 400 && status < 500 && status !== OUT_OF_TIME && status !== RATE_LIMITED ? 'caller' : 'server';
}

/**
 * Returns the meaning of a status and the message beside it. `said` is undefined if the body is not JSON. Direct calls
 * and relayed calls both use this function, so that a refusal means the same to both.
 */
export function refusalMeaning(status: number, said: string | undefined): RefusalMeaning {
  // Early servers answer 500 where later ones answer 404.
  if (/^Agent(?: with (?:name|id) .*)? not found$/i.test(said ?? '')) return 'agent-gone';
  const meaning = MEANINGS.get(status) ?? 'server-broken';
  if (meaning !== 'agent-failed' || said !== undefined) return meaning;
  return status === 404 ? 'foreign' : 'server-broken';
}
