import { z } from 'zod';
import { isAsn } from '../packet/asn.ts';
import { isCommunity, MAX_COMMUNITY_LENGTH } from '../packet/community.ts';
import type { PolicyProblem } from './policy-problem.ts';

/** Returns the fault of a value, ready to follow its name, or undefined when there is none. */
export type Fault = (value: unknown) => string | undefined;

/** Describes a value of a policy file that is right or wrong as a whole. */
export function value<T>(fault: Fault) {
  return z.custom<T>((input) => fault(input) === undefined, {
    error: ({ input }) => `${show(input)}: ${String(fault(input))}`,
    // A wrong value does not keep the checks around it from running: all that is wrong is told at once.
    abort: false,
  });
}

/** Describes a value in one sentence. */
export function valueThat<T>(is: (value: unknown) => value is T, expected: string) {
  return value<T>((input) => (is(input) ? undefined : `must be ${expected}`));
}

/** Describes one of a few words. */
export function oneOf<const T extends string>(words: readonly T[]) {
  const is = (input: unknown): input is T => words.some((word) => word === input);
  return valueThat(is, words.map((word) => `"${word}"`).join(' or '));
}

/** Describes a whole number within bounds, both included. */
export function wholeNumber(min: number, max: number) {
  const is = (input: unknown): input is number => Number.isInteger(input) && within(input, min, max);
  return valueThat(is, `a whole number from ${min} to ${max}`);
}

/** Describes a number within bounds, both included. */
export function numberWithin(min: number, max: number) {
  return valueThat((input) => within(input, min, max), `a number from ${min} to ${max}`);
}

/** An AS number. */
export const asn = valueThat(isAsn, 'an AS number from 1 to 4294967294');

/** A community as a peer may send it, too. */
export const community = valueThat(
  isCommunity,
  `a text of 1 to ${MAX_COMMUNITY_LENGTH} characters without spaces and without characters that cannot be seen`,
);

/** Describes a list of values. */
export function listOf<T extends z.ZodType>(item: T) {
  return z.array(item, { error: ({ input }) => `${show(input)}: must be a list` });
}

/** Describes a list for one key of a statement. An empty one would hold always or never, by the key, so it is refused. */
export function someOf<T extends z.ZodType>(item: T) {
  return listOf(item).min(1, { error: 'an empty list says nothing: leave the key out' });
}

/**
 * Describes an object that has these keys and no others, but for those that begin with `_` and are comments. `faults` finds
 * what is wrong between its values; it is asked even when one of them is wrong by itself.
 */
export function objectOf<S extends z.core.$ZodLooseShape>(shape: S, faults: (given: object) => PolicyProblem[] = none) {
  const keys = Object.keys(shape).join(', ');
  const object = z.strictObject(shape, {
    error: ({ code, input }) => (code === 'unrecognized_keys' ? keys : `${show(input)}: must be an object of ${keys}`),
  });
  return z.preprocess(withoutComments, object.superRefine(reporting(faults), { when: ({ value }) => isObject(value) }));
}

/** Describes a value that may be written in several shapes; faults are reported for the shape that it has. */
export function byShape<S extends { readonly [shape in Shape]?: z.ZodType }>(schemas: S, expected: string) {
  return z.transform((input: unknown, context): z.output<NonNullable<S[keyof S & Shape]>> => {
    const schema = schemas[shapeOf(input)] ?? value(() => `must be ${expected}`);
    const result = schema.safeParse(input);
    if (result.success) return result.data as z.output<NonNullable<S[keyof S & Shape]>>;
    context.issues.push(...(result.error.issues as z.core.$ZodRawIssue[]));
    return z.NEVER;
  });
}

/** Makes a check that reports problems at their places. */
export function reporting<T>(faults: (given: T) => PolicyProblem[]) {
  return (given: T, context: z.core.$RefinementCtx<T>): void => {
    for (const { path, message } of faults(given)) context.addIssue({ code: 'custom', path: [...path], message });
  };
}

/** Shows a value in a message: short, whatever a file holds. */
export function show(input: unknown): string {
  if (input === undefined) return 'missing';
  if (typeof input === 'string') return JSON.stringify(input.length > 64 ? `${input.slice(0, 64)}…` : input);
  if (typeof input === 'number' || typeof input === 'boolean' || input === null) return String(input);
  return Array.isArray(input) ? 'a list' : 'an object';
}

function within(input: unknown, min: number, max: number): input is number {
  return typeof input === 'number' && input >= min && input <= max;
}

function withoutComments(input: unknown): unknown {
  if (!isObject(input)) return input;
  return Object.fromEntries(Object.entries(input).filter(([key]) => !key.startsWith('_')));
}

type Shape = 'list' | 'object' | 'text' | 'other';

function shapeOf(input: unknown): Shape {
  if (Array.isArray(input)) return 'list';
  if (isObject(input)) return 'object';
  return typeof input === 'string' ? 'text' : 'other';
}

function isObject(input: unknown): input is object {
  return typeof input === 'object' && input !== null && !Array.isArray(input);
}

function none(): PolicyProblem[] {
  return [];
}
