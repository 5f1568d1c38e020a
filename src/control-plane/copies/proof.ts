import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Returns a proof of knowing the user's secret that does not disclose the secret. */
export function proof(secret: string, ...said: readonly string[]): string {
  return createHmac('sha256', secret).update(JSON.stringify(said)).digest('base64url');
}

/** Returns true if two texts are equal. The time does not disclose where they differ. */
export function isProof(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Returns a nonce of 128 random bits. */
export function drawNonce(): string {
  return randomBytes(16).toString('base64url');
}
