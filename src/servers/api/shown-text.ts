import { cleanText } from '../../core/bgp/packet/clean-text.ts';

const MAX_LENGTH = 500;

/** How much of a text is looked at: a stranger wrote it, and the time that it takes must not grow with what they like. */
const MAX_READ = 8 * MAX_LENGTH;

/** Where a stack trace begins. */
const STACK = /\n[^\S\n]+at .*/s;

/** What looks like a credential, whatever its place in the text. */
const SECRETS: readonly RegExp[] = [
  /\b(?:bearer|basic)\s+[\w.~+/=-]{8,}/gi,
  /\b(?:sk|pk|rk|ghp|gho|ghs|github_pat|glpat|xox[a-z]|AKIA|AIza|eyJ)[-_]?[\w.-]{12,}/g,
  /(?<=\b(?:api[-_ ]?key|token|secret|password|passwd|authorization)["']?\s*[:=]\s*["']?)[^\s"',;&]{4,}/gi,
  /(?<=:\/\/)[^\s/@:]+:[^\s/@]+(?=@)/g,
];

/** What only who stands beside the server can reach, with its port. */
const PRIVATE_ADDRESSES: readonly RegExp[] = [
  /(?<![\w.])(?:(?:10|127)(?:\.\d{1,3}){3}|(?:169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01])|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))(?:\.\d{1,3}){2})(?![\w.]*\d)(?::\d{1,5})?/g,
  /(?<![\w:.])\[?(?:::1|(?:f[cd][\da-f]{2}|fe[89ab][\da-f]):[\da-f:]{1,39})\]?(?::\d{1,5})?(?![\w:])/gi,
  /\blocalhost:\d{1,5}\b/gi,
];

/** Makes of what a server says what may be shown. */
export type Shown = (text: string) => string;

/** The same without configured secrets. They go before the text is cut: of half a one no mask knows. */
export function shownOver(mask: (text: string) => string): Shown {
  return (text) => shownText(mask(text));
}

/** What a server says, fit to be shown to a caller: without stack trace, credentials, private addresses and invisible characters. */
export function shownText(text: string): string {
  const said = text.slice(0, MAX_READ).replace(STACK, '');
  const message = SECRETS.reduce((shown, secret) => shown.replace(secret, '[removed]'), said);
  const placeless = PRIVATE_ADDRESSES.reduce((shown, address) => shown.replace(address, '[private address]'), message);
  const line = cleanText(placeless, MAX_READ).replace(/(?<!\.)\.+$/, '');
  return cleanText(line, MAX_LENGTH);
}
