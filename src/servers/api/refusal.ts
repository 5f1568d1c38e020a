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

/** A reply other than success. */
export class Refusal extends Error {
  readonly status: number;
  /** What the server says about it, fit to be shown; undefined if the body is not JSON. */
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

  /** Returns the refusal as a router means it, if it comes from one; `says` makes its message of what may be shown. */
  ofRouter(says: (shown: string) => string): RouterRefused | undefined {
    return readRouterRefusal(this.status, this.#error, (error) => says(this.#shown(error) || this.message));
  }

  /** Whether the server says that a model of the older kind needs the older calls. */
  get speaksOfLegacyCalls(): boolean {
    return /\b(?:generate|stream)Legacy\(\)/.test(this.said ?? '');
  }
}

/** A `fetch` that rejects with a `Refusal` for every reply other than success. */
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

/** Returns what a refusal means to a caller of ours. */
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

/** What an error value says: its message, and what exactly is wrong with a request where that is said too. */
export function saidIn(error: unknown): string {
  return [messageOf(error), ...issuesOf(error)].join('; ');
}

const issuesSchema = z.object({ issues: z.array(z.object({ field: z.string(), message: z.string() })) });

/** What exactly is wrong with a request, where the server says so. */
function issuesOf(error: unknown): string[] {
  const { data } = issuesSchema.safeParse(error);
  return data?.issues.map(({ field, message }) => `${field}: ${message}`) ?? [];
}

/** The message in an error value: a string, or an object with `message` or `error`. */
export function messageOf(error: unknown): string {
  let inner = error;
  // Not by calling itself: a stranger may nest deeper than the stack is.
  while (typeof inner === 'object' && inner !== null) {
    if ('message' in inner && typeof inner.message === 'string') return inner.message;
    inner = 'error' in inner ? inner.error : undefined;
  }
  return typeof inner === 'string' ? inner : '';
}
