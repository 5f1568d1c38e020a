import { WebSocket, type RawData } from 'ws';
import type { WireMessage } from '../bgp/packet/wire.ts';
import { DRAINED_BYTES, FAREWELL_MS, type Link, type LinkEnd } from './link.ts';
import { parseJson } from './parse-json.ts';
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
      this.#end?.received(isBinary ? undefined : parseJson(textOf(data)));
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

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return (data instanceof ArrayBuffer ? Buffer.from(data) : data).toString();
}
