import { crossedText, joined, type Crossed } from '../bgp/packet/crossed.ts';
import { Failure, type Blame, type FailureCode, type Reached, type Spent } from '../failure.ts';
import type { UnreadableJson } from '../parse-json.ts';
import { TooManyCalls } from './admission.ts';
import type { Attempt } from './call.ts';

const STATUS: Readonly<Record<FailureCode, number>> = {
  AGENT_NOT_FOUND: 404,
  DENIED_BY_POLICY: 403,
  SERVER_UNAVAILABLE: 502,
  TIMEOUT: 504,
  LOOP_DETECTED: 508,
  AGENT_ERROR: 500,
  INVALID_REQUEST: 400,
  INVALID_CONFIG: 500,
  TOOL_NOT_FOUND: 404,
  INVALID_AGENT_ID: 400,
};

/** The call has come back to a router that it had crossed, or has crossed too many. */
export class LoopDetected extends Failure {
  constructor(why: string) {
    super('LOOP_DETECTED', `The call ${why} and goes no further.`, { blames: 'nobody' });
  }
}

/** Also bounds how deep agents that call agents can go. */
export function checkHopLimit({ hopLimit }: { readonly hopLimit: number }): void {
  if (hopLimit < 1) throw new LoopDetected('has crossed too many routers');
}

/** A peer asks for what it was not told of: it learns no more than that. */
export class NotAdvertised extends Failure {
  constructor(id: string) {
    super('AGENT_NOT_FOUND', `No agent '${id}' is known here.`, { blames: 'nobody' });
  }
}

/** The model of the agent is of the older kind, which takes the older calls alone. The words are those of a Mastra server. */
export class OlderCallsWanted extends Failure {
  constructor(id: string, action: string) {
    super('AGENT_ERROR', `Agent '${id}' has a model of the older kind; call the ${action}Legacy() method instead.`, {
      blames: 'caller',
    });
  }
}

/** The request is JSON of a shape that no router passes on: servers would take long to parse it. */
export class RequestUnreadable extends Failure {
  constructor(cause: UnreadableJson) {
    super('INVALID_REQUEST', `The request ${cause.message}. Say less at once.`, { blames: 'caller', cause });
  }
}

interface RefusalOptions {
  readonly blames: Blame;
  readonly reached: Reached;
  readonly spent?: Spent;
  readonly details?: { readonly retryAfterMs?: number };
}

/** A server, or a router that says why, has refused a relayed call. `status` is what we answer in turn. */
export class RelayRefused extends Failure {
  readonly status: number;

  constructor(code: FailureCode, status: number, message: string, options: RefusalOptions) {
    super(code, message, options);
    this.status = status;
  }
}

/**
 * What a peer is told of a failure: everything but where our servers and peers are. That is ours alone to know, and to the
 * peer `http://localhost:4111` would be a server of its own.
 */
export function withoutAddresses({ message, details }: Failure, { asn }: Crossed): string {
  const attempts = (details['attempts'] ?? []) as readonly Attempt[];
  const origins = [...new Set(attempts.map(({ nextHop }) => new URL(nextHop).origin))];
  // One origin may be the beginning of another.
  origins.sort((a, b) => b.length - a.length);
  return origins.reduce((text, origin) => text.replaceAll(origin, `AS ${asn}'s next hop`), message);
}

/**
 * The answer to whoever called, router or not: the next router decides by it where the call may still be tried. `self` has
 * had the call, `message` is what is said of the failure.
 */
export function failureResponse(failure: Failure, self?: Crossed, message = failure.message): Response {
  const { code, reached, spent, details } = failure;
  const { attemptsLeft } = spent ?? {};
  const crossed = joined(self === undefined ? [] : [self], spent?.crossed ?? []);
  const tried = crossed.length > 0 ? { crossed: crossed.map(crossedText) } : {};
  const retryAfterMs = typeof details['retryAfterMs'] === 'number' ? details['retryAfterMs'] : undefined;
  const body = { error: message, code, reached, attemptsLeft, retryAfterMs, ...tried };
  const status = statusOf(failure, retryAfterMs !== undefined);
  if (retryAfterMs === undefined) return Response.json(body, { status });
  // Clients that are no routers look for it here.
  return Response.json(body, { status, headers: { 'retry-after': String(Math.ceil(retryAfterMs / 1_000)) } });
}

function statusOf(failure: Failure, isBusy: boolean): number {
  if (failure.cause instanceof RelayRefused) return failure.cause.status;
  if (!isBusy) return STATUS[failure.code];
  return failure instanceof TooManyCalls ? 429 : 503;
}
