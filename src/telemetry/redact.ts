const MASK = '***';

/** Secrets that are shorter would mask ordinary words. */
const MIN_SECRET_LENGTH = 8;

/** Takes the given secrets out of texts, also their parts: a token may turn up without the word before it, as in `Bearer <token>`. */
export function secretMask(secrets: readonly string[]): (text: string) => string {
  const parts = secrets
    .flatMap((secret) => [secret, ...secret.split(/\s+/)])
    .filter((part) => part.length >= MIN_SECRET_LENGTH)
    // Of one that begins another the rest would stay.
    .sort((a, b) => b.length - a.length);
  return (text) => parts.reduce((rest, part) => rest.replaceAll(part, MASK), text);
}

/** Takes what looks like credentials out of a text: user and query parts of URLs, and what follows `Bearer` and `Basic`. */
export function redact(text: string): string {
  return text
    .replace(/(:\/\/)[^\s/"'<>]*@/g, `$1${MASK}@`)
    .replace(/(:\/\/[^\s?#"'<>]*)[?#][^\s"'<>]+/g, `$1?${MASK}`)
    .replace(/\b(Bearer|Basic)\s+[^\s"',\\]+/gi, `$1 ${MASK}`);
}
