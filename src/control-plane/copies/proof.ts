import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Shows that somebody knows the user's secret, without telling it. */
export function proof(secret: string, ...said: readonly string[]): string {
  return createHmac('sha256', secret).update(JSON.stringify(said)).digest('base64url');
}

/** Compares in a time that says nothing of where two texts differ. */
export function isProof(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** A text that nobody has used before. */
export function drawNonce(): string {
  return randomBytes(16).toString('base64url');
}
