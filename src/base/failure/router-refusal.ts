import { z } from 'zod';
import { crossedText, joined, parseCrossedList, type Crossed } from '../../core/bgp/packet/crossed.ts';
import { FAILURE_CODES, type Failure, type FailureCode } from './failure.ts';
import { HopRefused } from './hop-refused.ts';

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

/** Statuses of a call that may be retried later: the caller has made too many calls, or the router is busy. */
const TOO_MANY_CALLS = 429;
const BUSY = 503;

/**
 * A router's refusal on the wire. Only a valid `code` makes a body a refusal. Other malformed fields count as absent.
 */
const refusalSchema = z.object({
  error: z.string().catch(''),
  code: z.enum(FAILURE_CODES),
  // A router that omits this field does not know it.
  reached: z.enum(['no', 'maybe', 'yes']).catch('maybe'),
  attemptsLeft: z.number().optional().catch(undefined),
  retryAfterMs: z.number().min(0).optional().catch(undefined),
  crossed: z.unknown().optional().transform(parseCrossedList),
});

/** A router reports why it rejects the call, and whether the agent was reached. */
export class RouterRefused extends HopRefused {
  constructor(refusal: z.output<typeof refusalSchema>, status: number, message: string) {
    const { code, reached, attemptsLeft, crossed, retryAfterMs } = refusal;
    super(code, status, message, {
      blames: 'peer',
      reached,
      spent: { attemptsLeft, crossed },
      details: retryAfterMs === undefined ? {} : { retryAfterMs },
    });
  }
}

/**
 * Reads the refusal of a router; undefined if the body is not one. `says` builds the message from the router's own
 * text.
 */
export function readRouterRefusal(
  status: number,
  body: unknown,
  says: (error: string) => string,
): RouterRefused | undefined {
  const { data } = refusalSchema.safeParse(body);
  return data && new RouterRefused(data, status, says(data.error));
}

/**
 * Returns the response that reports a failure to a caller. A previous router decides from it where the call may still
 * be tried. `self` is this router if it has received the call, and `message` is the text for the caller.
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
  // Other clients read the retry time from this header.
  return Response.json(body, { status, headers: { 'retry-after': String(Math.ceil(retryAfterMs / 1_000)) } });
}

function statusOf({ code, cause, blames }: Failure, mayCallAgain: boolean): number {
  if (cause instanceof HopRefused) return cause.status;
  if (!mayCallAgain) return STATUS[code];
  return blames === 'caller' ? TOO_MANY_CALLS : BUSY;
}
