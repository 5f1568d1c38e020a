import { once } from 'node:events';
import { connect, type NetConnectOpts, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { Message } from '../../../src/core/bgp/packet/message.ts';
import { encodeMessage } from '../../../src/core/bgp/packet/wire-encode.ts';
import { PROTOCOL } from '../../../src/control-plane/peering/hello.ts';
import { credentials } from '../../../src/control-plane/peering/sessions.ts';
import { introduce, type RawPeerOptions } from '../../servers/raw-peer.ts';

const TEXT = 0x81;
const MASKED = 0x80;
const [SHORT, MEDIUM] = [126, 65_536];

/** A mask that changes nothing: whoever measures need not mask anew what it has ready. */
const MASK = Buffer.alloc(4);

/**
 * A session with one of our routers that takes as little of the measured time as those of BGP-4 do: what is sent is ready
 * as bytes, and what comes is stamped as bytes, before anybody reads it.
 */
export class RawSession {
  readonly #webSocket: WebSocket;
  readonly #socket: Socket;
  #at = 0;

  private constructor(webSocket: WebSocket, socket: Socket) {
    this.#webSocket = webSocket;
    this.#socket = socket;
    socket.prependListener('data', () => {
      this.#at = performance.now();
    });
  }

  /** Introduces itself to a router. */
  static async open(url: string, options: RawPeerOptions): Promise<RawSession> {
    const { session } = await introduce(url, options);
    const headers = await credentials(session);
    let socket: Socket | undefined;
    const createConnection = (options: NetConnectOpts): Socket => (socket = connect(options));
    const webSocket = new WebSocket(`${url.replace(/^http/, 'ws')}/bgp/session`, PROTOCOL, {
      headers,
      perMessageDeflate: false,
      maxPayload: 0,
      createConnection: createConnection as never,
    });
    // The router may speak at once, and nobody listens yet.
    webSocket.once('open', () => {
      webSocket.pause();
    });
    await once(webSocket, 'open');
    if (socket === undefined) throw new Error('the WebSocket has no connection of its own');
    return new RawSession(webSocket, socket);
  }

  /** Passes on every message from now on, with the time at which its last byte came. */
  listen(received: (json: unknown, at: number) => void): void {
    this.#webSocket.on('message', (data: Buffer) => {
      received(JSON.parse(data.toString()), this.#at);
    });
    this.#webSocket.resume();
  }

  /** Sends all of it when called. */
  sending(messages: readonly Message[]): () => void {
    const bytes = Buffer.concat(messages.map((message) => frame(JSON.stringify(encodeMessage(message)))));
    return () => {
      this.#socket.write(bytes);
    };
  }

  async close(): Promise<void> {
    const closed = once(this.#webSocket, 'close');
    this.#webSocket.close();
    await closed;
  }
}

/** One text message as a client writes it (RFC 6455 §5.2). */
function frame(text: string): Buffer {
  const payload = Buffer.from(text);
  return Buffer.concat([header(payload.length), MASK, payload]);
}

function header(length: number): Buffer {
  if (length < SHORT) return Buffer.from([TEXT, MASKED | length]);
  if (length < MEDIUM) return Buffer.from([TEXT, MASKED | 126, length >> 8, length & 255]);
  const bytes = Buffer.from([TEXT, MASKED | 127, 0, 0, 0, 0, 0, 0, 0, 0]);
  bytes.writeUInt32BE(length, 6);
  return bytes;
}
