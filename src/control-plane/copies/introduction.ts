import { z } from 'zod';
import { proof } from './proof.ts';
import type { SharedSettings } from './shared-settings.ts';

const text = z.string().min(1).max(256);

/** What a copy says first to the one that has the port. */
export const introduction = z.object({ nonce: text, marks: z.record(z.string(), text) });

/** What that one answers: who it is, and in what the two differ. */
export const answer = z.object({ pid: z.int(), nonce: text, proof: text, differs: z.array(z.string()) });

/** Returns the settings as they are compared: values may be secrets, and this tells nothing of them. */
export function veiled(settings: SharedSettings, secret: string): Record<string, string> {
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, proof(secret, name, value)]));
}

/** What stands for a copy in all its further requests. */
export function pass(secret: string, nonce: string): string {
  return proof(secret, 'copy', nonce);
}

/** What stands for the one that has the port. */
export function ownerProof(secret: string, nonce: string): string {
  return proof(secret, 'owner', nonce);
}
