import { WebSocket, type RawData } from 'ws';
import type { WireMessage } from '../bgp/packet/wire.ts';
import { DRAINED_BYTES, FAREWELL_MS, type Link, type LinkEnd } from './link.ts';
import { readMessage } from './read-message.ts';
import type { Session } from './session.ts';

/** A session over one WebSocket, whoever opened it. */
export class WebSocketLink implements Link {
  readonly session: Session;
  readonly #socket: WebSocket;
  #end: LinkEnd | undefined;

  /** The socket is paused, so that nothing comes before somebody listens. */
  constructor(session: Session, socket: WebSocket) {
    this.session = session;
    this.#socket = socket;
    socket.on('error', (error) => {
      if ('code' in error && error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') this.#end?.tooLarge();
    });
  }

  get backlog(): number {
    return this.#socket.bufferedAmount;
  }

  open(end: LinkEnd): void {
    this.#end = end;
    this.#socket.on('message', (data: RawData, isBinary: boolean) => {
      const bytes = bytesOf(data);
      this.#end?.received(isBinary ? undefined : readMessage(bytes), bytes.length);
    });
    this.#socket.on('close', () => this.#end?.lost());
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.resume();
    else setImmediate(() => this.#end?.lost());
  }

  send(message: WireMessage): void {
    this.#socket.send(JSON.stringify(message), () => {
      if (this.backlog <= DRAINED_BYTES) this.#end?.drained();
    });
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  async close(): Promise<void> {
    this.#end = undefined;
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    const farewell = setTimeout(() => {
      this.#socket.terminate();
    }, FAREWELL_MS);
    // Not by `once`, which an error would make reject: what still comes may be of any kind.
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
