import { z } from 'zod';
import { proof } from './proof.ts';

/** What copies must agree on to be one router, by the name under which a difference is told. */
export type Marks = Readonly<Record<string, string>>;

const text = z.string().min(1).max(256);

/** What a copy says first to the one that has the port. */
export const introduction = z.object({ nonce: text, marks: z.record(z.string(), text) });

/** What that one answers: who it is, and in what the two differ. */
export const answer = z.object({ pid: z.int(), nonce: text, proof: text, differs: z.array(z.string()) });

/** What is compared: values may be secrets, and this tells nothing of them. */
export function veiled(marks: Marks, secret: string): Record<string, string> {
  return Object.fromEntries(Object.entries(marks).map(([name, value]) => [name, proof(secret, name, value)]));
}

/** What stands for a copy in all its further requests. */
export function pass(secret: string, nonce: string): string {
  return proof(secret, 'copy', nonce);
}

/** What stands for the one that has the port. */
export function ownerProof(secret: string, nonce: string): string {
  return proof(secret, 'owner', nonce);
}
