import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** How much of what has come is parsed at a time, in bytes: it may hold a few requests, but never hundreds. */
const SLICE_BYTES = 256;

const NOTHING = Buffer.alloc(0);

/**
 * Serves the requests of one connection one after the other. Node's server begins all that are in what it has read at once,
 * thousands if they are small; here the next part is parsed when those before it are answered, and then reading goes on.
 */
export class RequestGate {
  readonly #socket: Socket;
  readonly #parse: (chunk: Buffer) => void;
  readonly #failed: (error: unknown) => void;
  #held: Buffer = NOTHING;
  #unanswered = 0;
  #latest: IncomingMessage | undefined;
  /** What is sure to be still missing of the body of the latest request. */
  #bodyBytes = 0;
  #isPausing = false;
  #isParsing = false;

  /** Takes the place of the server between the connection and its parser; `failed` hears what ends the connection there. */
  constructor(socket: Socket, failed: (error: unknown) => void) {
    this.#socket = socket;
    this.#failed = failed;
    const [parse] = socket.listeners('data') as ((chunk: Buffer) => void)[];
    if (parse === undefined) throw new Error('the server does not listen to the connection');
    this.#parse = parse;
    socket.off('data', parse).on('data', this.#take).on('resume', this.#go);
  }

  /** A request has begun on the connection. */
  begun(request: IncomingMessage, response: ServerResponse): void {
    this.#unanswered += 1;
    this.#latest = request;
    // As much of it as this may have been in the same slice.
    this.#bodyBytes = Math.max(0, Number(request.headers['content-length'] ?? 0) - SLICE_BYTES) || 0;
    response.once('close', () => {
      this.#unanswered -= 1;
      this.#go();
    });
  }

  /** Leaves the connection to somebody else; gives back what nobody has read yet. */
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
      // The server asserts what it expects of a connection. One that is not as expected must not end the process.
      this.#socket.destroy();
      this.#failed(error);
    }
  }

  /** Who reads a request pauses the connection while its body comes too fast. */
  #mayParse(): boolean {
    if (this.#socket.destroyed || (this.#socket.isPaused() && !this.#isPausing)) return false;
    return this.#unanswered === 0 || this.#latest?.complete === false;
  }
}
