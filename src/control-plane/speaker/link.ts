import type { Message, Notification } from '../../core/bgp/packet/message.ts';
import type { Decoded } from '../../core/bgp/packet/wire-decoded.ts';
import type { Identity } from './identity.ts';

/** Receives the error with which a session ends because of a message, or undefined if it goes on. */
export type Done = (error: Notification | undefined) => void;

/** The receiver of what comes over a link. A link never calls it from within its own methods. */
export interface LinkEnd {
  /**
   * Takes a message of so many bytes. It calls `read` when it is the message's turn, because decoding is work that must not
   * stall other peers. A message that is too large or unreadable decodes to a refusal. It calls `done` once the message is done.
   */
  readonly received: (read: () => Decoded, bytes: number, done?: Done) => void;
  /** Hears that {@link Link.backlog} is at most {@link DRAINED_BYTES} again. */
  readonly drained: () => void;
  /** Hears, once, that the connection is gone. */
  readonly lost: () => void;
}

/**
 * A connection to a peer that has proved who it is. It carries messages in order, both ways. Each implementation joins one
 * transport and one form of the messages.
 */
export interface Link {
  /** The router at the other end. */
  readonly remote: Identity;
  /** The bytes that were sent and that the network has not taken yet. */
  readonly backlog: number;
  /** Begins to deliver. Called once. */
  open(end: LinkEnd): void;
  send(message: Message): void;
  /** Reads no further message until {@link Link.resume}. */
  pause(): void;
  resume(): void;
  /** Stops delivering, and resolves when everything sent has left, or after {@link FAREWELL_MS}. */
  close(): Promise<void>;
}

/** The backlog, in bytes, at or below which a link reports that it has drained. */
export const DRAINED_BYTES = 64 * 1024;

/** The time that a closed link may take to send its last messages. */
export const FAREWELL_MS = 300;
