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

/** Makes of what a server says what may be shown. */
export type Shown = (text: string) => string;

/** The same without configured secrets. They go before the text is cut: of half a one no mask knows. */
export function shownOver(mask: (text: string) => string): Shown {
  return (text) => shownText(mask(text));
}

/** What a server says, fit to be shown to a caller: without stack trace, credentials, control and direction characters. */
export function shownText(text: string): string {
  const said = text.slice(0, MAX_READ).replace(STACK, '');
  const message = SECRETS.reduce((shown, secret) => shown.replace(secret, '[removed]'), said);
  const line = message
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .replace(/\.+$/, '');
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH)}…` : line;
}
