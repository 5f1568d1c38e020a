const MASK = '***';

/** Secrets that are shorter would mask ordinary words. */
const MIN_SECRET_LENGTH = 8;

/** Takes credentials out of a text: user and query parts of URLs, what follows `Bearer` and `Basic`, and the given secrets. */
export function redact(text: string, secrets: readonly string[] = []): string {
  const known = secrets
    .filter((secret) => secret.length >= MIN_SECRET_LENGTH)
    .reduce((rest, secret) => rest.replaceAll(secret, MASK), text);
  return known
    .replace(/(:\/\/)[^\s/"'<>]*@/g, `$1${MASK}@`)
    .replace(/(:\/\/[^\s?#"'<>]*)[?#][^\s"'<>]+/g, `$1?${MASK}`)
    .replace(/\b(Bearer|Basic)\s+[^\s"',\\]+/gi, `$1 ${MASK}`);
}
