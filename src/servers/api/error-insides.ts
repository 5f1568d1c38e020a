import { MAX_JSON_DEPTH } from '../../base/telemetry/map-texts.ts';

type Words = (error: unknown) => string;
type Fields = Readonly<Record<string, unknown>>;

/** Fields of an error chunk that stay. They hold no part of the error. */
const KEPT_BESIDE_ERROR = new Set(['type', 'runId', 'from', 'id']);

/** The form of a cleaned error, by the key that holds it. */
const LEFT: ReadonlyMap<string, (words: string) => unknown> = new Map<string, (words: string) => unknown>([
  ['error', (words) => ({ message: words })],
  ['errorText', (words) => words],
  ['payload', (words) => ({ error: { message: words } })],
]);

const TOO_DEEP = '[nested too deep to be shown]';

/** A line of a stack trace that names a place. */
const TRACE_LINE = /(?:^|\n)[^\S\n]*at [^\n]+/;

/**
 * Replaces every error in a reply with the text that `words` returns for it. This covers the chunk of an agent's
 * failure, the chunk of a failed tool or sub-agent inside another chunk, and any object with a stack trace. A value
 * without errors is returned itself.
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

/** Cleans a chunk of a stream or a whole reply. An `error` in it or in its payload comes from the agent or a tool. */
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

/** Cleans every field, and replaces each error with its text. */
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

/** Returns true if a value is an error and not the agent's data under such a key. */
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
