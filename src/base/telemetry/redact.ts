const MASK = '***';

/** Takes what looks like credentials out of a text: user and query parts of URLs, and what follows `Bearer` and `Basic`. */
export function redact(text: string): string {
  return text
    .replace(/(:\/\/)[^\s/"'<>]*@/g, `$1${MASK}@`)
    .replace(/(:\/\/[^\s?#"'<>]*)[?#][^\s"'<>]+/g, `$1?${MASK}`)
    .replace(/\b(Bearer|Basic)\s+[^\s"',\\]+/gi, `$1 ${MASK}`);
}
