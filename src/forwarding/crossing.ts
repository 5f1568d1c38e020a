import { crossedText, joined, MAX_CROSSED, parseCrossed, type Crossed } from '../bgp/packet/crossed.ts';
import { capabilityPath } from '../bgp/packet/nlri.ts';
import { Failure } from '../failure/failure.ts';
import type { Retry } from './call.ts';
import { constraintsText, parseConstraints, type Constraints } from './constraints.ts';
import { decoded } from './decoded.ts';
import { continuedTrace, type TraceContext } from './trace-context.ts';

/** How many routers a call may cross. */
export const HOP_LIMIT = 16;

/** How many next hops are tried for one call at most, by all routers together. */
export const ATTEMPT_BUDGET = 4;

/** How many capabilities a call may require. */
const MAX_REQUIRED = 32;

/**
 * How many characters what a call asks for may take in its headers: a router refuses headers of more than 16 KiB, and
 * the others need their part.
 */
const MAX_ASKED_LENGTH = 8_192;

/** What travels with a call from router to router. */
export interface Crossing extends TraceContext {
  /** The routers that the call has crossed, the last one last. */
  readonly crossed: readonly Crossed[];
  /** How many more routers it may cross. */
  readonly hopLimit: number;
  /** How many next hops may still be tried, the present one included. */
  readonly attempts: number;
  readonly required: readonly string[];
  readonly constraints: Constraints;
  readonly retry: Retry;
  /** The marks of the agents that are at work on the call: each was called for the one before it. */
  readonly agents: readonly string[];
}

/** How far the attempts at a call have come at one router. */
export interface Tally {
  /** How many next hops may still be tried, the present one included. */
  readonly attempts: number;
  /** The routers that earlier attempts came to. */
  readonly crossed: readonly Crossed[];
}

/** The headers in which a call carries it. */
export const CROSSING_HEADERS = {
  path: 'agent-bgp-path',
  hopLimit: 'agent-bgp-hop-limit',
  attempts: 'agent-bgp-attempts',
  required: 'agent-bgp-requires',
  constraints: 'agent-bgp-constraints',
  retry: 'agent-bgp-retry',
  agents: 'agent-bgp-agents',
} as const;

/** In a reply: how many next hops could still be tried. */
export const ATTEMPTS_LEFT_HEADER = 'agent-bgp-attempts-left';

/** The headers of a call are none that a router writes. */
export class InvalidCrossing extends Failure {
  constructor(header: string) {
    super('INVALID_REQUEST', `${header} is malformed. Leave it out unless you are a router or pass it on from one.`, {
      blames: 'caller',
    });
  }
}

/** What a call asks for does not fit into headers. */
class TooMuchAsked extends Failure {
  constructor() {
    super(
      'INVALID_REQUEST',
      `requiredCapabilities and constraints take more than ${MAX_ASKED_LENGTH} characters on the way to another router. Ask for less.`,
      { blames: 'caller' },
    );
  }
}

/** Reads what a call has brought along; a call from no router has brought nothing, and begins here. */
export function readCrossing(header: (name: string) => string | undefined): Crossing {
  const { path, hopLimit, attempts, required, constraints, retry, agents } = CROSSING_HEADERS;
  return {
    crossed: readPath(listOf(header(path))),
    hopLimit: readCount(header(hopLimit), HOP_LIMIT, hopLimit),
    attempts: readCount(header(attempts), ATTEMPT_BUDGET, attempts),
    required: readCapabilities(listOf(header(required))),
    constraints: readConstraints(header(constraints)),
    retry: header(retry) === 'always' ? 'always' : 'unreached',
    agents: readMarks(listOf(header(agents))),
    ...continuedTrace(header('traceparent'), header('tracestate')),
  };
}

/** The headers under which the next router learns of it. */
export function crossingHeaders(crossing: Crossing): Record<string, string> {
  const { crossed, hopLimit, attempts, required, retry, agents, traceparent, tracestate } = crossing;
  const constraints = constraintsText(crossing.constraints);
  const capabilities = required.map(encodeURIComponent).join(', ');
  if (capabilities.length + constraints.length > MAX_ASKED_LENGTH) throw new TooMuchAsked();
  return {
    [CROSSING_HEADERS.path]: crossed.map(crossedText).join(', '),
    [CROSSING_HEADERS.hopLimit]: String(hopLimit),
    [CROSSING_HEADERS.attempts]: String(attempts),
    ...(capabilities !== '' && { [CROSSING_HEADERS.required]: capabilities }),
    ...(constraints !== '' && { [CROSSING_HEADERS.constraints]: constraints }),
    ...(retry === 'always' && { [CROSSING_HEADERS.retry]: retry }),
    ...(agents.length > 0 && { [CROSSING_HEADERS.agents]: agents.join(', ') }),
    traceparent,
    ...(tracestate !== undefined && { tracestate }),
  };
}

/** The crossing of a call when it leaves a router for the next: to the routers that earlier attempts came to, it never goes again. */
export function crossedBy(router: Crossed, crossing: Crossing, { attempts, crossed }: Tally): Crossing {
  const all = [...joined(crossing.crossed, crossed).slice(0, MAX_CROSSED - 1), router];
  return { ...crossing, crossed: all, attempts, hopLimit: crossing.hopLimit - 1 };
}

/** How many of the attempts that went with a call a router has left, as it says in its reply; it can give back no more than it got. */
export function readAttemptsLeft(text: string | null, sent: number): number {
  return /^\d{1,4}$/.test(text ?? '') ? Math.min(Number(text), sent) : sent;
}

/** The trace that a call belongs to. */
export function traceId({ traceparent }: Crossing): string {
  return traceparent.split('-')[1] ?? '';
}

function listOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function readPath(items: readonly string[]): Crossed[] {
  if (items.length > MAX_CROSSED) throw new InvalidCrossing(CROSSING_HEADERS.path);
  return items.map((item) => {
    const router = parseCrossed(item);
    if (router === undefined) throw new InvalidCrossing(CROSSING_HEADERS.path);
    return router;
  });
}

/** Every agent takes a router to be called: there are no more of them than routers. */
function readMarks(marks: string[]): string[] {
  if (marks.length > HOP_LIMIT || !marks.every((mark) => /^[\w-]{12}$/.test(mark))) {
    throw new InvalidCrossing(CROSSING_HEADERS.agents);
  }
  return marks;
}

/** No tool lets a caller ask for more of them. */
function readCapabilities(items: string[]): string[] {
  if (items.length > MAX_REQUIRED) throw new InvalidCrossing(CROSSING_HEADERS.required);
  return items.map(readCapability);
}

function readCapability(item: string): string {
  const path = decoded(item);
  if (path === undefined || capabilityPath(path) !== path) throw new InvalidCrossing(CROSSING_HEADERS.required);
  return path;
}

function readConstraints(text: string | undefined): Constraints {
  const constraints = parseConstraints(text ?? '');
  if (constraints === undefined) throw new InvalidCrossing(CROSSING_HEADERS.constraints);
  return constraints;
}

/** Nobody can ask for more than everybody gets. */
function readCount(text: string | undefined, most: number, name: string): number {
  if (text === undefined) return most;
  if (!/^\d{1,4}$/.test(text)) throw new InvalidCrossing(name);
  return Math.min(Number(text), most);
}
