import type { Blame } from '../../base/failure/failure.ts';

/** What a server that is no router means by a reply other than success. */
export type RefusalMeaning =
  | 'agent-gone'
  | 'agent-failed'
  /** It does not accept who we are or what we want. */
  | 'call-refused'
  /** What was sent is wrong, and would be so elsewhere. */
  | 'request-rejected'
  | 'rate-limited'
  /** Something answers, but it is no server of agents. */
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

/** Returns the party that a refusal with this status blames: what a server rejects in a request says nothing about the server. */
export function blameOf(status: number): Blame {
  return status >= 400 && status < 500 && status !== OUT_OF_TIME && status !== RATE_LIMITED ? 'caller' : 'server';
}

/**
 * Reads the status, and what is said beside it; undefined where the body is not JSON. A call means the same where it goes
 * to a server at once and where routers carry it: both ask here.
 */
export function refusalMeaning(status: number, said: string | undefined): RefusalMeaning {
  // Early servers answer 500 where later ones answer 404.
  if (/^Agent(?: with (?:name|id) .*)? not found$/i.test(said ?? '')) return 'agent-gone';
  const meaning = MEANINGS.get(status) ?? 'server-broken';
  if (meaning !== 'agent-failed' || said !== undefined) return meaning;
  return status === 404 ? 'foreign' : 'server-broken';
}
