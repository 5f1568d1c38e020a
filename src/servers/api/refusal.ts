import { z } from 'zod';
import type { Failure } from '../../base/failure/failure.ts';
import { readRouterRefusal, type RouterRefused } from '../../base/failure/router-refusal.ts';
import { CALL_SHAPE, parseJson } from '../../base/bodies/parse-json.ts';
import { blameOf, refusalMeaning, type RefusalMeaning } from './refusal-meaning.ts';
import {
  AgentFailed,
  AgentGone,
  CallRefused,
  ForeignReply,
  RateLimited,
  RequestRejected,
  ServerBroken,
} from './call-failures.ts';
import { shownText, type Shown } from './shown-text.ts';

/** An error reply of a server. */
export class Refusal extends Error {
  readonly status: number;
  /** The server's message, filtered for callers; undefined if the body is not JSON. */
  readonly said: string | undefined;
  readonly retryAfter: string | undefined;
  readonly #error: unknown;
  readonly #shown: Shown;

  constructor(status: number, body: string, retryAfter: string | undefined, shown: Shown = shownText) {
    super(`HTTP ${status}`);
    this.status = status;
    this.#shown = shown;
    this.#error = parsed(body);
    this.said = this.#error === undefined ? undefined : shown(saidIn(this.#error));
    this.retryAfter = retryAfter === undefined ? undefined : shown(retryAfter);
  }

  /**
   * Returns the refusal that a router meant; undefined if it does not come from a router. `says` builds the message
   * from the filtered text.
   */
  ofRouter(says: (shown: string) => string): RouterRefused | undefined {
    return readRouterRefusal(this.status, this.#error, (error) => says(this.#shown(error) || this.message));
  }

  /** True if the server says that the agent's model requires legacy calls. */
  get speaksOfLegacyCalls(): boolean {
    return /\b(?:generate|stream)Legacy\(\)/.test(this.said ?? '');
  }
}

/** Returns a `fetch` that rejects with a `Refusal` for every error reply. */
export function refusing(fetch: typeof globalThis.fetch, shown: Shown): typeof globalThis.fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    if (response.ok) return response;
    const retryAfter = response.headers.get('retry-after') ?? undefined;
    throw new Refusal(response.status, await response.text(), retryAfter, shown);
  };
}

type Meaning = (refusal: Refusal, agentId: string, server: string) => Failure;

const FAILURES: Readonly<Record<RefusalMeaning, Meaning>> = {
  'agent-gone': (_, agentId, server) => new AgentGone(agentId, server),
  'agent-failed': ({ status, said = '' }, agentId) =>
    new AgentFailed(agentId, said, { blames: blameOf(status), ...(status < 500 && { details: { status } }) }),
  'call-refused': ({ status, said = '' }, _, server) => new CallRefused(server, status, said),
  'request-rejected': ({ status, said = '' }, agentId) => new RequestRejected(agentId, status, said),
  'rate-limited': ({ retryAfter }, _, server) => new RateLimited(server, retryAfter),
  foreign: ({ status }, _, server) => new ForeignReply(server, `HTTP ${status}`, 'no'),
  'server-broken': ({ status }, _, server) => new ServerBroken(server, status),
};

/** Returns the failure that a refusal means to a caller of this router. */
export function refusalFailure(refusal: Refusal, agentId: string, server: string): Failure {
  const { status, said } = refusal;
  const refused = refusal.ofRouter((words) => `${words}.`);
  return refused ?? FAILURES[refusalMeaning(status, said)](refusal, agentId, server);
}

function parsed(body: string): unknown {
  try {
    return parseJson(body, CALL_SHAPE);
  } catch {
    return undefined;
  }
}

/** Returns the text of an error value: its message, and the issues of the request if it lists them. */
export function saidIn(error: unknown): string {
  return [messageOf(error), ...issuesOf(error)].join('; ');
}

const issuesSchema = z.object({ issues: z.array(z.object({ field: z.string(), message: z.string() })) });

/** Returns the issues of a request that the server lists. */
function issuesOf(error: unknown): string[] {
  const { data } = issuesSchema.safeParse(error);
  return data?.issues.map(({ field, message }) => `${field}: ${message}`) ?? [];
}

/** Returns the message in an error value: a string, or an object with `message` or `error`. */
export function messageOf(error: unknown): string {
  let inner = error;
  // Use no recursion, because a server may nest deeper than the stack.
  while (typeof inner === 'object' && inner !== null) {
    if ('message' in inner && typeof inner.message === 'string') return inner.message;
    inner = 'error' in inner ? inner.error : undefined;
  }
  return typeof inner === 'string' ? inner : '';
}
