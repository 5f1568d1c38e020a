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

/** The statuses of a call that may be made again after a time: the caller has made too many, or the router is busy. */
const TOO_MANY_CALLS = 429;
const BUSY = 503;

/** A router's refusal on the wire. Only the code makes it one: other fields that are malformed count as absent. */
const refusalSchema = z.object({
  error: z.string().catch(''),
  code: z.enum(FAILURE_CODES),
  // A router that does not say it does not know it.
  reached: z.enum(['no', 'maybe', 'yes']).catch('maybe'),
  attemptsLeft: z.number().optional().catch(undefined),
  retryAfterMs: z.number().min(0).optional().catch(undefined),
  crossed: z.unknown().optional().transform(parseCrossedList),
});

/** A router says why it does not carry the call, and whether the agent was reached. */
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

/** Reads the refusal of a router; undefined where the body is none. `says` makes the message of the router's own words. */
export function readRouterRefusal(
  status: number,
  body: unknown,
  says: (error: string) => string,
): RouterRefused | undefined {
  const { data } = refusalSchema.safeParse(body);
  return data && new RouterRefused(data, status, says(data.error));
}

/**
 * Answers a caller, router or not, with a failure: the router before decides by it where the call may still be tried. `self` has
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

function statusOf({ code, cause, blames }: Failure, mayCallAgain: boolean): number {
  if (cause instanceof HopRefused) return cause.status;
  if (!mayCallAgain) return STATUS[code];
  return blames === 'caller' ? TOO_MANY_CALLS : BUSY;
}
