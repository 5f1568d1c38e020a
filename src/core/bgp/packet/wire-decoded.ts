import type { z } from 'zod';
import { cleanText } from './clean-text.ts';
import type { Life, Secret } from './life.ts';
import { MAX_REASON_LENGTH } from './limits.ts';
import type { Message } from './message.ts';
import type { Nlri } from './nlri.ts';
import type { NotificationName } from './notification.ts';

/** The message that was read, or the error with which the session must be closed (RFC 7606 §2). */
export type Decoded =
  | {
      readonly ok: true;
      readonly message: Message;
      /** Routes that could not be read but be named; they stand among the withdrawn ones of the message. */
      readonly malformed: readonly Nlri[];
      /** The number of entries that could not even be named, and were left out. */
      readonly dropped: number;
      /** For people: the first thing that was wrong with the shared attributes. */
      readonly fault?: string;
    }
  | { readonly ok: false; readonly notification: NotificationName; readonly reason: string };

/** A value while it is being read: what was not sent is never there, not even as undefined. */
export type Unfinished<T> = { -readonly [Name in keyof T]: T[Name] };

/** Computes a life from its secret and NLRI; the core has no hash function. */
export type Hash = (nlri: Nlri, secret: Secret) => Life;

/** Returns a message that was read completely. */
export function read(message: Message): Decoded {
  return { ok: true, message, malformed: [], dropped: 0 };
}

/** Refuses a message that cannot be understood at all; the reason may quote it. */
export function refuse(notification: NotificationName, reason: string): Decoded {
  return { ok: false, notification, reason: cleanText(reason, MAX_REASON_LENGTH) };
}

/** True if a value is a JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the first thing that a schema found wrong, with its place. */
export function firstIssue({ issues }: z.ZodError): string {
  return issues
    .slice(0, 1)
    .map(({ path, message }) => [...path.map(String), message].join(': '))
    .join();
}
