import type { Notification } from '../bgp/packet/message.ts';
import type { WireMessage } from '../bgp/packet/wire.ts';
import type { Session } from './session.ts';

/** Is told with which error a session ends because of a message, if it does. */
export type Done = (error: Notification | undefined) => void;

/** What becomes of a link's messages; called never from within a call of the link's own methods. */
export interface LinkEnd {
  /**
   * A message as parsed JSON, or an `UnreadableJson` in its place, of so many bytes. When it is done, `done` is told with
   * which error the session ends, if it does.
   */
  readonly received: (json: unknown, bytes: number, done?: Done) => void;
  /** There was a message larger than {@link MAX_MESSAGE_BYTES}, and nobody has read it; as {@link received}. */
  readonly tooLarge: (done?: Done) => void;
  /** What was sent is on its way: {@link Link.backlog} is small again. */
  readonly drained: () => void;
  readonly lost: () => void;
}

/** A connection to a peer that has proved who it is: messages in order, both ways. One implementation per transport. */
export interface Link {
  readonly session: Session;
  /** Bytes that were sent and that the network has not taken yet. */
  readonly backlog: number;
  /** Begins to deliver. Called once. */
  open(end: LinkEnd): void;
  send(message: WireMessage): void;
  /** Reads no further message until {@link Link.resume}. */
  pause(): void;
  resume(): void;
  /** Delivers nothing any more, and resolves when what was sent has left, or after a moment. */
  close(): Promise<void>;
}

/** Below this backlog a link tells that it has drained, in bytes. */
export const DRAINED_BYTES = 64 * 1024;

/** The largest message that is taken, in bytes: room for a full UPDATE with the longest labels. */
export const MAX_MESSAGE_BYTES = 8 * 1024 * 1024;

/** How long a link that is closed may take to send its last words. */
export const FAREWELL_MS = 300;
