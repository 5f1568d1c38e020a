import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Number of bytes that are parsed at a time. They may hold a few requests, but never hundreds. */
const SLICE_BYTES = 256;

const NOTHING = Buffer.alloc(0);

/**
 * Serves the requests of one connection one after the other. Node's server begins all requests in a chunk at once,
 * thousands if they are small. The gate parses the next part only after the earlier requests are answered, and then
 * reads on.
 */
export class RequestGate {
  readonly #socket: Socket;
  readonly #parse: (chunk: Buffer) => void;
  readonly #failed: (error: unknown) => void;
  #held: Buffer = NOTHING;
  #unanswered = 0;
  #latest: IncomingMessage | undefined;
  /** Number of bytes that are certainly missing from the body of the latest request. */
  #bodyBytes = 0;
  #isPausing = false;
  #isParsing = false;

  /**
   * Inserts the gate between the connection and the parser of the server. `failed` receives errors that end the
   * connection there.
   */
  constructor(socket: Socket, failed: (error: unknown) => void) {
    this.#socket = socket;
    this.#failed = failed;
    const [parse] = socket.listeners('data') as ((chunk: Buffer) => void)[];
    if (parse === undefined) throw new Error('the server does not listen to the connection');
    this.#parse = parse;
    socket.off('data', parse).on('data', this.#take).on('resume', this.#go);
  }

  /** Records a request that has begun on the connection. */
  begun(request: IncomingMessage, response: ServerResponse): void {
    this.#unanswered += 1;
    this.#latest = request;
    // Up to one slice of the body may have been parsed together with the headers.
    this.#bodyBytes = Math.max(0, Number(request.headers['content-length'] ?? 0) - SLICE_BYTES) || 0;
    response.once('close', () => {
      this.#unanswered -= 1;
      this.#go();
    });
  }

  /** Hands the connection over and returns the bytes that are not parsed yet. */
  leave(): Buffer {
    const held = this.#held;
    this.#held = NOTHING;
    this.#isPausing = false;
    this.#socket.off('data', this.#take).off('resume', this.#go);
    return held;
  }

  readonly #take = (chunk: Buffer): void => {
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    this.#go();
  };

  readonly #go = (): void => {
    if (this.#isParsing) return;
    this.#isParsing = true;
    while (this.#held.length > 0 && this.#mayParse()) this.#parseSlice();
    this.#isParsing = false;
    if (this.#socket.destroyed) return;
    if (this.#held.length > 0 && !this.#socket.isPaused()) {
      this.#isPausing = true;
      this.#socket.pause();
    } else if (this.#held.length === 0 && this.#isPausing) {
      this.#isPausing = false;
      this.#socket.resume();
    }
  };

  #parseSlice(): void {
    const end = Math.min(this.#held.length, Math.max(SLICE_BYTES, this.#bodyBytes));
    const slice = this.#held.subarray(0, end);
    this.#held = this.#held.subarray(end);
    this.#bodyBytes = Math.max(0, this.#bodyBytes - end);
    try {
      this.#parse.call(this.#socket, slice);
    } catch (error) {
      // The server asserts its expectations of a connection. A failed assertion must not end the process.
      this.#socket.destroy();
      this.#failed(error);
    }
  }

  /**
   * Returns true if the next slice may be parsed. The reader of a body pauses the connection if it arrives too fast.
   */
  #mayParse(): boolean {
    if (this.#socket.destroyed || (this.#socket.isPaused() && !this.#isPausing)) return false;
    return this.#unanswered === 0 || this.#latest?.complete === false;
  }
}
