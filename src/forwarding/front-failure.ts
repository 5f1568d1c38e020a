import { crossedText } from '../bgp/packet/crossed.ts';
import { Failure, type FailureCode, type Spent } from '../failure.ts';
import { TooManyCalls } from './admission.ts';

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
    super('LOOP_DETECTED', `The call ${why} and goes no further.`);
  }
}

/** Also bounds how deep agents that call agents can go. */
export function checkHopLimit({ hopLimit }: { readonly hopLimit: number }): void {
  if (hopLimit < 1) throw new LoopDetected('has crossed too many routers');
}

/** A peer asks for what it was not told of: it learns no more than that. */
export class NotAdvertised extends Failure {
  constructor(id: string) {
    super('AGENT_NOT_FOUND', `No agent '${id}' is known here.`);
  }
}

/** The model of the agent is of the older kind, which takes the older calls alone. The words are those of a Mastra server. */
export class OlderCallsWanted extends Failure {
  constructor(id: string, action: string) {
    super('AGENT_ERROR', `Agent '${id}' has a model of the older kind; call the ${action}Legacy() method instead.`);
  }
}

/** A server has refused a relayed call. Whether the agent ran is not known, unless the server does not have it. */
export class RelayRefused extends Failure {
  readonly status: number;

  constructor(code: FailureCode, status: number, message: string, reached: Failure['reached'], spent?: Spent) {
    super(code, message, { reached, spent });
    this.status = status;
  }
}

/** The answer to whoever called, router or not: the next router decides by it where the call may still be tried. */
export function failureResponse(failure: Failure): Response {
  const { code, message, reached, spent } = failure;
  const { attemptsLeft, crossed = [] } = spent ?? {};
  const tried = crossed.length > 0 ? { crossed: crossed.map(crossedText) } : {};
  return Response.json({ error: message, code, reached, attemptsLeft, ...tried }, statusOf(failure));
}

/** Also says to clients that are no routers when they may come again. */
function statusOf(failure: Failure): { readonly status: number; readonly headers?: Record<string, string> } {
  const { code, cause, details } = failure;
  if (cause instanceof RelayRefused) return { status: cause.status };
  const { retryAfterMs } = details;
  if (typeof retryAfterMs !== 'number') return { status: STATUS[code] };
  const headers = { 'retry-after': String(Math.ceil(retryAfterMs / 1_000)) };
  return { status: failure instanceof TooManyCalls ? 429 : 503, headers };
}
