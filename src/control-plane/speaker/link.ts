import type { Message, Notification } from '../../core/bgp/packet/message.ts';
import type { Decoded } from '../../core/bgp/packet/wire-decoded.ts';
import type { Identity } from './identity.ts';

/** Receives the NOTIFICATION with which a message has ended the session, or undefined if the session goes on. */
export type Done = (error: Notification | undefined) => void;

/** The receiver of messages and events of a link. A link never calls it from within its own methods. */
export interface LinkEnd {
  /**
   * Takes a message of `bytes` bytes. Calls `read` at the message's turn, because decoding takes time and must not
   * stall other peers. A message that is too large or unreadable decodes to a refusal. Calls `done` once the message is
   * processed.
   */
  readonly received: (read: () => Decoded, bytes: number, done?: Done) => void;
  /** Called when {@link Link.backlog} is at most {@link DRAINED_BYTES} again. */
  readonly drained: () => void;
  /** Called once, when the connection is lost. */
  readonly lost: () => void;
}

/**
 * A connection to an authenticated peer. It carries messages in order, both ways. Each implementation combines one
 * transport with one format of messages.
 */
export interface Link {
  /** The router at the other end. */
  readonly remote: Identity;
  /** Bytes that were sent and that the network has not accepted yet. */
  readonly backlog: number;
  /** Starts to deliver messages. Called once. */
  open(end: LinkEnd): void;
  send(message: Message): void;
  /** Reads no further message until {@link Link.resume}. */
  pause(): void;
  resume(): void;
  /** Stops delivering. Resolves when everything sent has left, or after {@link FAREWELL_MS}. */
  close(): Promise<void>;
}

/** Backlog at or below which a link reports that it has drained, in bytes. */
export const DRAINED_BYTES = 64 * 1024;

/** Time that a closed link may take to send its last messages. */
export const FAREWELL_MS = 300;
