import { isClean } from './clean-text.ts';

/** The kind of a route's target, the counterpart of an address family (RFC 4760 §3). */
export type Family = 'agent' | 'capability';

/** Both families, in the order in which they are announced and listed (RFC 4760 §8). */
export const FAMILIES: readonly Family[] = ['agent', 'capability'];

/**
 * The target of a route (RFC 4760 §5), in the form in which a call names it: the id of an agent, or `~` and a capability
 * path. Agent ids never begin with `~`, so one string carries family and id, and one table holds both families.
 */
export type Nlri = string;

/** The longest id of an agent on a server of ours, in UTF-16 units. */
export const MAX_ID_LENGTH = 256;

/** The longest id of an agent that one router tells another, in UTF-16 units. */
export const MAX_TOLD_ID_LENGTH = 128;

/** The most words of such an id, so that no id is a sentence to who reads it. */
const MAX_TOLD_ID_WORDS = 4;

/** The longest capability path, in UTF-16 units: the community made of it is none too long. */
export const MAX_CAPABILITY_LENGTH = 100;

/** The most parts of a capability path. */
const MAX_CAPABILITY_PARTS = 8;

/** The mark that sets a capability apart from an agent id. */
export const CAPABILITY_MARK = '~';

/** True if a value is a family that this version knows (RFC 4760 §3). */
export function isFamily(value: unknown): value is Family {
  return FAMILIES.some((family) => family === value);
}

/** Returns the family of an NLRI (RFC 4760 §5). */
export function familyOf(nlri: Nlri): Family {
  return nlri.startsWith(CAPABILITY_MARK) ? 'capability' : 'agent';
}

/** Returns the agent id or capability path of an NLRI, without the mark of its family. */
export function idOf(nlri: Nlri): string {
  return nlri.startsWith(CAPABILITY_MARK) ? nlri.slice(1) : nlri;
}

/** Returns the NLRI of a capability path. */
export function capabilityNlri(path: string): Nlri {
  return CAPABILITY_MARK + path;
}

/** Returns the word before the first colon of a name, or undefined if there is none. */
export function qualifierWord(name: string): string | undefined {
  const colon = name.indexOf(':');
  return colon === -1 ? undefined : name.slice(0, colon);
}

/** True if a name begins like `as65002:agent` or `server0:agent`, in any letter case. */
export function readsAsQualified(name: string): boolean {
  return /^(?:as|server)\d+:/i.test(name);
}

/** Stands for others in patterns, marks a family, or is a slash to some. */
const NO_PATH_CHARACTER = /[ *~\\]/;

/** Returns the reason why a string cannot name an agent, or undefined when it can. */
export function agentIdFault(id: string): string | undefined {
  if (id === '') return 'is empty';
  if (id.length > MAX_ID_LENGTH) return `is longer than ${MAX_ID_LENGTH} characters`;
  if (id.startsWith(CAPABILITY_MARK)) return `begins with '${CAPABILITY_MARK}', which marks a capability`;
  if (!isClean(withSingleSpaces(id), MAX_ID_LENGTH))
    return 'contains a control character, or another that cannot be shown';
  if (id === '.') return 'is a dot alone, which a URL leaves out';
  if (id.includes('..')) return "contains '..', which would climb out of a URL";
  return undefined;
}

/** Replaces every run of spaces by one: on our own servers ids may have spaces of any kind and number. */
function withSingleSpaces(id: string): string {
  return id.replace(/\p{Zs}+/gu, ' ').trim();
}

/**
 * Returns the canonical capability path (`coding/typescript`), or undefined when the text is none. A trailing `/*` is taken off:
 * every capability route is a prefix and covers what lies below it.
 */
export function capabilityPath(text: string): string | undefined {
  const path = text.endsWith('/*') ? text.slice(0, -2) : text;
  if (!isClean(path, MAX_CAPABILITY_LENGTH) || NO_PATH_CHARACTER.test(path)) return undefined;
  const parts = path.split('/');
  const valid = parts.length <= MAX_CAPABILITY_PARTS && parts.every((part) => !['', '.', '..'].includes(part));
  return valid ? path : undefined;
}

/**
 * True if a value names something that one router may announce to another: an agent id that can be shown as it is, or a
 * capability path in canonical form. Ids on servers of ours may be longer and have more words; no peer is told of those.
 */
export function isNlri(value: unknown): value is Nlri {
  if (typeof value !== 'string') return false;
  if (!value.startsWith(CAPABILITY_MARK)) return isToldId(value);
  const path = value.slice(CAPABILITY_MARK.length);
  return capabilityPath(path) === path;
}

function isToldId(id: string): boolean {
  if (id === '' || id === '.' || id.includes('..') || !isClean(id, MAX_TOLD_ID_LENGTH)) return false;
  return !id.includes(' ') || id.split(' ').length <= MAX_TOLD_ID_WORDS;
}
