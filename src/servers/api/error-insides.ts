import { MAX_JSON_DEPTH } from '../../base/telemetry/map-texts.ts';

type Words = (error: unknown) => string;
type Fields = Readonly<Record<string, unknown>>;

/** What of an error chunk stays beside its error: nothing in it is of the error. */
const KEPT_BESIDE_ERROR = new Set(['type', 'runId', 'from', 'id']);

/** What is left of an error, by the key under which it stands. */
const LEFT: ReadonlyMap<string, (words: string) => unknown> = new Map<string, (words: string) => unknown>([
  ['error', (words) => ({ message: words })],
  ['errorText', (words) => words],
  ['payload', (words) => ({ error: { message: words } })],
]);

const TOO_DEEP = '[nested too deep to be shown]';

/** The first line of a stack trace that names a place. */
const TRACE_LINE = /(?:^|\n)[^\S\n]*at [^\n]+/;

/**
 * Leaves of every error in a reply no more than `words` says of it, wherever it stands: in the chunk that says that an
 * agent has failed, in that of a tool or sub-agent inside another chunk, or in any object with a stack trace. What holds
 * no error comes back itself.
 */
export function withoutInsides(value: unknown, words: Words): unknown {
  return isFields(value) ? chunkWithout(value, words, MAX_JSON_DEPTH) : within(value, words, MAX_JSON_DEPTH);
}

function within(value: unknown, words: Words, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return TOO_DEEP;
  if (Array.isArray(value)) {
    const items = value as readonly unknown[];
    const cleaned = items.map((item) => within(item, words, depth - 1));
    return cleaned.some((item, at) => item !== items[at]) ? cleaned : value;
  }
  const fields = value as Fields;
  if (hasTrace(fields)) return { message: words(fields) };
  return isFields(fields['payload']) ? chunkWithout(fields, words, depth) : each(fields, words, depth, isError);
}

/** A chunk of a stream, or a whole reply: an `error` in it or in its payload is the agent's or the tool's. */
function chunkWithout(chunk: Fields, words: Words, depth: number): unknown {
  if (chunk['type'] === 'error') return errorChunk(chunk, words);
  const cleaned = each(chunk, words, depth, isSaid);
  const { payload } = cleaned;
  if (!isFields(payload) || !isSaid(payload['error'])) return cleaned;
  return { ...cleaned, payload: { ...payload, error: { message: words(payload['error']) } } };
}

function errorChunk(chunk: Fields, words: Words): Fields {
  const kept = Object.entries(chunk).flatMap(([key, value]) => {
    const left = LEFT.get(key);
    if (left !== undefined) return [[key, left(words(value))] as const];
    return KEPT_BESIDE_ERROR.has(key) && typeof value === 'string' ? [[key, value] as const] : [];
  });
  return Object.fromEntries(kept);
}

/** Cleans every field, and leaves words of each that is an error. */
function each(fields: Fields, words: Words, depth: number, isOne: (error: unknown) => boolean): Fields {
  const entries = Object.entries(fields);
  const cleaned = entries.map(([key, value]) => {
    const left = key === 'payload' ? undefined : LEFT.get(key);
    const isLeft = left !== undefined && isOne(value);
    return [key, isLeft ? left(words(value)) : within(value, words, depth - 1)] as const;
  });
  return cleaned.some(([, value], at) => value !== entries[at]?.[1]) ? Object.fromEntries(cleaned) : fields;
}

function isSaid(error: unknown): boolean {
  return error !== undefined && error !== null && error !== false;
}

/** True for what looks like an error and not like data of an agent that is called so. */
function isError(error: unknown): boolean {
  if (typeof error === 'string') return TRACE_LINE.test(error);
  return isFields(error) && (typeof error['message'] === 'string' || typeof error['stack'] === 'string');
}

function hasTrace({ stack }: Fields): boolean {
  return typeof stack === 'string' && TRACE_LINE.test(stack);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
