import { randomUUID } from 'node:crypto';

/** W3C trace context that a call carries. */
export interface TraceContext {
  readonly traceparent: string;
  readonly tracestate: string | undefined;
}

/** Maximum length of a `tracestate`, and maximum number of its members (Trace Context §3.3.1). */
const MAX_STATE_LENGTH = 512;
const MAX_STATE_MEMBERS = 32;

/** A key, and a value that does not end with a space (Trace Context §3.3.1.3). */
const STATE_MEMBER =
  /^([a-z0-9][a-z0-9_\-*/@]{0,255})=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;

const PARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})$/;

/**
 * Continues the trace that a call belongs to with a span of our own, or begins a new one. A `tracestate` is kept only
 * with its own trace (Trace Context §3.3.2), and only if it is well-formed, because it becomes a header of our
 * requests.
 */
export function continuedTrace(traceparent: string | undefined, tracestate: string | undefined): TraceContext {
  const [, trace, flags] = PARENT.exec(traceparent ?? '') ?? [];
  if (trace === undefined || flags === undefined) {
    return { traceparent: `00-${randomHex(16)}-${randomHex(8)}-01`, tracestate: undefined };
  }
  const isKept = tracestate !== undefined && isTraceState(tracestate);
  return { traceparent: `00-${trace}-${randomHex(8)}-${flags}`, tracestate: isKept ? tracestate : undefined };
}

function isTraceState(text: string): boolean {
  if (text.length > MAX_STATE_LENGTH) return false;
  const members = text.split(',').map((member) => member.replace(/^[ \t]+|[ \t]+$/g, ''));
  if (members.length > MAX_STATE_MEMBERS) return false;
  const keys = members.filter((member) => member !== '').map((member) => STATE_MEMBER.exec(member)?.[1]);
  return keys.length > 0 && !keys.includes(undefined) && new Set(keys).size === keys.length;
}

/**
 * Returns random hex digits. They come from UUIDs because Node draws many UUIDs at once, which costs a tenth of
 * separate random bytes.
 */
function randomHex(bytes: number): string {
  return randomUUID()
    .replaceAll('-', '')
    .slice(0, 2 * bytes);
}
