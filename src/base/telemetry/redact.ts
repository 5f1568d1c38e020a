const MASK = '***';

/** Masks likely credentials: user and query parts of URLs, and tokens after `Bearer` and `Basic`. */
export function redact(text: string): string {
  return text
    .replace(/(:\/\/)[^\s/"'<>]*@/g, `$1${MASK}@`)
    .replace(/(:\/\/[^\s?#"'<>]*)[?#][^\s"'<>]+/g, `$1?${MASK}`)
    .replace(/\b(Bearer|Basic)\s+[^\s"',\\]+/gi, `$1 ${MASK}`);
}
