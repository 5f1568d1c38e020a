import { cleanText } from '../../core/bgp/packet/clean-text.ts';

const MAX_LENGTH = 500;

/** Maximum length that is examined. Foreign servers write these texts, and their length must not determine the time. */
const MAX_READ = 8 * MAX_LENGTH;

/** Start of a stack trace. */
const STACK = /\n[^\S\n]+at .*/s;

/** Patterns of credentials. */
const SECRETS: readonly RegExp[] = [
  /\b(?:bearer|basic)\s+[\w.~+/=-]{8,}/gi,
  /\b(?:sk|pk|rk|ghp|gho|ghs|github_pat|glpat|xox[a-z]|AKIA|AIza|eyJ)[-_]?[\w.-]{12,}/g,
  /(?<=\b(?:api[-_ ]?key|token|secret|password|passwd|authorization)["']?\s*[:=]\s*["']?)[^\s"',;&]{4,}/gi,
  /(?<=:\/\/)[^\s/@:]+:[^\s/@]+(?=@)/g,
];

/** Addresses, with their ports, that are reachable only from the server's own network. */
const PRIVATE_ADDRESSES: readonly RegExp[] = [
  /(?<![\w.])(?:(?:10|127)(?:\.\d{1,3}){3}|(?:169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01])|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))(?:\.\d{1,3}){2})(?![\w.]*\d)(?::\d{1,5})?/g,
  /(?<![\w:.])\[?(?:::1|(?:f[cd][\da-f]{2}|fe[89ab][\da-f]):[\da-f:]{1,39})\]?(?::\d{1,5})?(?![\w:])/gi,
  /\blocalhost:\d{1,5}\b/gi,
];

/** Filters a server's text before callers see it. */
export type Shown = (text: string) => string;

/**
 * Returns the same filter with configured secrets masked. They are masked before the text is truncated, because a mask
 * does not recognise half a secret.
 */
export function shownOver(mask: (text: string) => string): Shown {
  return (text) => shownText(mask(text));
}

/**
 * Removes stack traces, credentials, private addresses and invisible characters from a server's text, and truncates it.
 */
export function shownText(text: string): string {
  const said = text.slice(0, MAX_READ).replace(STACK, '');
  const message = SECRETS.reduce((shown, secret) => shown.replace(secret, '[removed]'), said);
  const placeless = PRIVATE_ADDRESSES.reduce((shown, address) => shown.replace(address, '[private address]'), message);
  const line = cleanText(placeless, MAX_READ).replace(/(?<!\.)\.+$/, '');
  return cleanText(line, MAX_LENGTH);
}
