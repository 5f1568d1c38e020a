import { crossedText, joined, MAX_CROSSED, parseCrossed, type Crossed } from '../../core/bgp/packet/crossed.ts';
import { capabilityPath } from '../../core/bgp/packet/nlri.ts';
import { Failure } from '../../base/failure/failure.ts';
import type { Retry } from './call.ts';
import { constraintsText, parseConstraints, type Constraints } from './constraints.ts';
import { decoded } from './decoded.ts';
import { continuedTrace, type TraceContext } from './trace-context.ts';

/** The most routers that a call may cross. */
export const HOP_LIMIT = 16;

/** The most next hops that are tried for one call, by all routers together. */
export const ATTEMPT_BUDGET = 4;

/** How many capabilities a call may require. */
const MAX_REQUIRED = 32;

/**
 * How many characters what a call asks for may take in its headers: a router refuses headers of more than 16 KiB, and
 * the others need their part.
 */
const MAX_ASKED_LENGTH = 8_192;

/** The context of a call that travels with it from router to router. */
export interface TransitContext extends TraceContext {
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

/** The state of the attempts at a call at one router. */
export interface Tally {
  /** How many next hops may still be tried, the present one included. */
  readonly attempts: number;
  /** The routers that earlier attempts came to. */
  readonly crossed: readonly Crossed[];
}

/** The headers in which a call carries its context. */
export const TRANSIT_HEADERS = {
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

/** A header of a call is not one that a router writes. */
export class InvalidTransitContext extends Failure {
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
      `requiredCapabilities and constraints take more than ${MAX_ASKED_LENGTH} characters, or ${MAX_REQUIRED} capabilities with the one that is called, on the way to another router. Ask for less.`,
      { blames: 'caller' },
    );
  }
}

/** Reads the context that came with a call. A call from no router has none and begins here. */
export function readTransitContext(header: (name: string) => string | undefined): TransitContext {
  const { path, hopLimit, attempts, required, constraints, retry, agents } = TRANSIT_HEADERS;
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

/** Returns the headers that tell the next router of the context. */
export function transitHeaders(transit: TransitContext): Record<string, string> {
  const { crossed, hopLimit, attempts, required, retry, agents, traceparent, tracestate } = transit;
  const constraints = constraintsText(transit.constraints);
  const capabilities = required.map(encodeURIComponent).join(', ');
  if (required.length > MAX_REQUIRED || capabilities.length + constraints.length > MAX_ASKED_LENGTH) {
    throw new TooMuchAsked();
  }
  return {
    [TRANSIT_HEADERS.path]: crossed.map(crossedText).join(', '),
    [TRANSIT_HEADERS.hopLimit]: String(hopLimit),
    [TRANSIT_HEADERS.attempts]: String(attempts),
    ...(capabilities !== '' && { [TRANSIT_HEADERS.required]: capabilities }),
    ...(constraints !== '' && { [TRANSIT_HEADERS.constraints]: constraints }),
    ...(retry === 'always' && { [TRANSIT_HEADERS.retry]: retry }),
    ...(agents.length > 0 && { [TRANSIT_HEADERS.agents]: agents.join(', ') }),
    traceparent,
    ...(tracestate !== undefined && { tracestate }),
  };
}

/** Returns the context with which a call leaves a router. The routers that earlier attempts came to count as crossed. */
export function crossedBy(
  router: Crossed,
  transit: TransitContext,
  { attempts, crossed }: Tally,
  requires: readonly string[] = [],
): TransitContext {
  const all = [...joined(transit.crossed, crossed).slice(0, MAX_CROSSED - 1), router];
  const required = [...new Set([...transit.required, ...requires])];
  return { ...transit, crossed: all, attempts, hopLimit: transit.hopLimit - 1, required };
}

/** Reads from a reply how many attempts a router has left of those that went with a call; it cannot give back more. */
export function readAttemptsLeft(text: string | null, sent: number): number {
  return /^\d{1,4}$/.test(text ?? '') ? Math.min(Number(text), sent) : sent;
}

/** Returns the id of the trace that a call belongs to. */
export function traceId({ traceparent }: TransitContext): string {
  return traceparent.split('-')[1] ?? '';
}

function listOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function readPath(items: readonly string[]): Crossed[] {
  if (items.length > MAX_CROSSED) throw new InvalidTransitContext(TRANSIT_HEADERS.path);
  return items.map((item) => {
    const router = parseCrossed(item);
    if (router === undefined) throw new InvalidTransitContext(TRANSIT_HEADERS.path);
    return router;
  });
}

/** Every agent takes a router to be called: there are no more of them than routers. */
function readMarks(marks: string[]): string[] {
  if (marks.length > HOP_LIMIT || !marks.every((mark) => /^[\w-]{12}$/.test(mark))) {
    throw new InvalidTransitContext(TRANSIT_HEADERS.agents);
  }
  return marks;
}

/** No tool lets a caller ask for more of them. */
function readCapabilities(items: string[]): string[] {
  if (items.length > MAX_REQUIRED) throw new InvalidTransitContext(TRANSIT_HEADERS.required);
  return items.map(readCapability);
}

function readCapability(item: string): string {
  const path = decoded(item);
  if (path === undefined || capabilityPath(path) !== path) throw new InvalidTransitContext(TRANSIT_HEADERS.required);
  return path;
}

function readConstraints(text: string | undefined): Constraints {
  const constraints = parseConstraints(text ?? '');
  if (constraints === undefined) throw new InvalidTransitContext(TRANSIT_HEADERS.constraints);
  return constraints;
}

/** Nobody can ask for more than everybody gets. */
function readCount(text: string | undefined, most: number, name: string): number {
  if (text === undefined) return most;
  if (!/^\d{1,4}$/.test(text)) throw new InvalidTransitContext(name);
  return Math.min(Number(text), most);
}
