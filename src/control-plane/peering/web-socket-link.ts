import { WebSocket, type RawData } from 'ws';
import type { Message } from '../../core/bgp/packet/message.ts';
import type { Identity } from '../speaker/identity.ts';
import { DRAINED_BYTES, FAREWELL_MS, type LinkEnd } from '../speaker/link.ts';
import { decodeJson, decodeTooLarge, encodeJson, MAX_MESSAGE_BYTES } from './json-codec.ts';
import { readMessage } from './read-message.ts';
import type { Session } from './authenticated-session.ts';
import type { SessionLink } from './session-link.ts';

/** A session over one WebSocket. Either side may have opened it. */
export class WebSocketLink implements SessionLink {
  readonly session: Session;
  readonly #socket: WebSocket;
  #end: LinkEnd | undefined;

  /** The socket must be paused, so that messages do not arrive before {@link open}. */
  constructor(session: Session, socket: WebSocket) {
    this.session = session;
    this.#socket = socket;
    socket.on('error', (error) => {
      if (!('code' in error) || error.code !== 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') return;
      this.#end?.received(decodeTooLarge, MAX_MESSAGE_BYTES);
    });
  }

  get remote(): Identity {
    return this.session.remote;
  }

  get backlog(): number {
    return this.#socket.bufferedAmount;
  }

  open(end: LinkEnd): void {
    this.#end = end;
    this.#socket.on('message', (data: RawData, isBinary: boolean) => {
      const bytes = bytesOf(data);
      const json = isBinary ? undefined : readMessage(bytes);
      this.#end?.received(() => decodeJson(json), bytes.length);
    });
    const lost = () => {
      this.#lost();
    };
    this.#socket.on('close', lost);
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.resume();
    else setImmediate(lost);
  }

  send(message: Message): void {
    this.#socket.send(encodeJson(message), () => {
      if (this.backlog <= DRAINED_BYTES) this.#end?.drained();
    });
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Reports the loss once. A socket that closes while the link is opened would otherwise report it twice. */
  #lost(): void {
    const end = this.#end;
    this.#end = undefined;
    end?.lost();
  }

  async close(): Promise<void> {
    this.#end = undefined;
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    const farewell = setTimeout(() => {
      this.#socket.terminate();
    }, FAREWELL_MS);
    // `events.once` would reject on an error, which messages that still arrive may cause.
    const closed = new Promise<void>((resolve) => {
      this.#socket.once('close', () => {
        resolve();
      });
    });
    this.#socket.resume();
    this.#socket.close();
    await closed;
    clearTimeout(farewell);
  }
}

function bytesOf(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? Buffer.from(data) : data;
}
