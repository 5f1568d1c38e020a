import { crossedText, joined, MAX_CROSSED, parseCrossed, type Crossed } from '../../core/bgp/packet/crossed.ts';
import { capabilityPath } from '../../core/bgp/packet/nlri.ts';
import { Failure } from '../../base/failure/failure.ts';
import type { Retry } from './call.ts';
import { constraintsText, parseConstraints, type Constraints } from './constraints.ts';
import { decoded } from './decoded.ts';
import { continuedTrace, type TraceContext } from './trace-context.ts';

/** Maximum number of routers that a call may cross. */
export const HOP_LIMIT = 16;

/** Maximum number of next hops that all routers together may try for one call. */
export const ATTEMPT_BUDGET = 4;

/** Maximum number of capabilities that a call may require. */
const MAX_REQUIRED = 32;

/**
 * Maximum number of characters for the demands of a call in its headers. A router rejects headers of more than 16 KiB,
 * and the other headers need their share.
 */
const MAX_ASKED_LENGTH = 8_192;

/** The context of a call that travels with it from router to router. */
export interface TransitContext extends TraceContext {
  /** The routers that the call has crossed, the last one last. */
  readonly crossed: readonly Crossed[];
  /** Number of routers that the call may still cross. */
  readonly hopLimit: number;
  /** Number of next hops that may still be tried, including the present one. */
  readonly attempts: number;
  readonly required: readonly string[];
  readonly constraints: Constraints;
  readonly retry: Retry;
  /** Marks of the agents that are running for the call. Each of them was called by the one before it. */
  readonly agents: readonly string[];
}

/** State of a call's attempts at one router. */
export interface Tally {
  /** Number of next hops that may still be tried, including the present one. */
  readonly attempts: number;
  /** The routers that earlier attempts came to. */
  readonly crossed: readonly Crossed[];
}

/** Headers that carry a call's context. */
export const TRANSIT_HEADERS = {
  path: 'agent-bgp-path',
  hopLimit: 'agent-bgp-hop-limit',
  attempts: 'agent-bgp-attempts',
  required: 'agent-bgp-requires',
  constraints: 'agent-bgp-constraints',
  retry: 'agent-bgp-retry',
  agents: 'agent-bgp-agents',
} as const;

/** Reply header with the number of next hops that could still be tried. */
export const ATTEMPTS_LEFT_HEADER = 'agent-bgp-attempts-left';

/** A transit header has a value that no router writes. */
export class InvalidTransitContext extends Failure {
  constructor(header: string) {
    super('INVALID_REQUEST', `${header} is malformed. Omit it unless you are a router or forward it from one.`, {
      blames: 'caller',
    });
  }
}

/** The demands of a call do not fit into headers. */
class TooMuchAsked extends Failure {
  constructor() {
    super(
      'INVALID_REQUEST',
      `requiredCapabilities and constraints take more than ${MAX_ASKED_LENGTH} characters, or ${MAX_REQUIRED} capabilities with the called one, in headers to another router. Require less.`,
      { blames: 'caller' },
    );
  }
}

/** Reads the context that arrived with a call. A call from a client without one begins here. */
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

/** Returns the headers that carry the context to the next router. */
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

/** Returns the context with which a call leaves a router. Routers that earlier attempts reached count as crossed. */
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

/**
 * Reads from a reply how many attempts a router has left. A router cannot give back more than were sent with the call.
 */
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

/**
 * Reads the marks of running agents. There cannot be more marks than routers, because each agent is called through a
 * router.
 */
function readMarks(marks: string[]): string[] {
  if (marks.length > HOP_LIMIT || !marks.every((mark) => /^[\w-]{12}$/.test(mark))) {
    throw new InvalidTransitContext(TRANSIT_HEADERS.agents);
  }
  return marks;
}

/** Reads the required capabilities. The limit is that of the tools. */
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

/** Reads a count. A larger value than the maximum is reduced to it. */
function readCount(text: string | undefined, most: number, name: string): number {
  if (text === undefined) return most;
  if (!/^\d{1,4}$/.test(text)) throw new InvalidTransitContext(name);
  return Math.min(Number(text), most);
}
