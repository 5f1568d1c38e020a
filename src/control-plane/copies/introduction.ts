import { z } from 'zod';
import { proof } from './proof.ts';
import type { SharedSettings } from './shared-settings.ts';

const text = z.string().min(1).max(256);

/** First message of a copy to the owner of the port. */
export const introduction = z.object({ nonce: text, marks: z.record(z.string(), text) });

/** Answer of the owner: its process, nonce and proof, and the names of the settings that differ. */
export const answer = z.object({ pid: z.int(), nonce: text, proof: text, differs: z.array(z.string()) });

/** Returns settings as keyed hashes, so that secrets can be compared without disclosing them. */
export function veiled(settings: SharedSettings, secret: string): Record<string, string> {
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, proof(secret, name, value)]));
}

/** Returns the credential of a copy for all its further requests. */
export function pass(secret: string, nonce: string): string {
  return proof(secret, 'copy', nonce);
}

/** Returns the proof of the owner that it knows the secret. */
export function ownerProof(secret: string, nonce: string): string {
  return proof(secret, 'owner', nonce);
}
