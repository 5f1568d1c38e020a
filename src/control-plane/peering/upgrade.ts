import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Log } from '../../base/telemetry/log-event.ts';
import { headerOf } from './incoming-request.ts';
import { PROTOCOL } from './hello.ts';
import { MAX_MESSAGE_BYTES } from './json-codec.ts';
import { PeerRefused } from './peer-refused.ts';
import type { Session } from './authenticated-session.ts';
import type { SessionLink } from './session-link.ts';
import type { Sessions } from './sessions.ts';
import { TokenRefused } from './token-refused.ts';
import { WebSocketLink } from './web-socket-link.ts';

export interface UpgradeOptions {
  readonly sessions: Sessions;
  /** Returns true if a router may open a session with this request. */
  readonly mayPeer: (request: IncomingMessage) => boolean;
  /**
   * Accepts a link. Returns false if the link is not wanted. Throws {@link PeerRefused} if the peer has no place for
   * it.
   */
  readonly accept: (link: SessionLink) => boolean;
  readonly log: Log;
}

/** Accepts WebSockets of peers that have introduced themselves. */
export class Upgrade {
  readonly #options: UpgradeOptions;
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
  });

  constructor(options: UpgradeOptions) {
    this.#options = options;
  }

  /** Accepts a WebSocket if a peer may open one now. Resolves with true if it has become a link. */
  async take(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<boolean> {
    try {
      const session = await this.#admitted(request);
      const webSocket = this.#opened(request, socket, head);
      if (webSocket !== undefined) return await this.#linked(session, webSocket);
      // The session was claimed and no longer waits for a link, so it would never end.
      this.#options.sessions.end(session);
    } catch (error) {
      if (!(error instanceof TokenRefused)) throw error;
      this.#options.log({ event: 'peer-refused', reason: error.message });
      refuseUpgrade(socket, '401 Unauthorized');
    }
    return false;
  }

  async #linked(session: Session, webSocket: WebSocket): Promise<boolean> {
    // The peer may send at once, and the link has no receiver yet.
    webSocket.pause();
    const link = new WebSocketLink(session, webSocket);
    try {
      return this.#options.accept(link);
    } catch (error) {
      if (!(error instanceof PeerRefused)) throw error;
      this.#options.log({ event: 'peer-refused', reason: error.message });
      link.send(error.answer);
      await link.close();
      this.#options.sessions.end(session);
      return false;
    }
  }

  /**
   * Completes the WebSocket handshake. Returns undefined if the handshake is malformed or the connection is gone. The
   * library has then answered.
   */
  #opened(request: IncomingMessage, socket: Duplex, head: Buffer): WebSocket | undefined {
    let opened: WebSocket | undefined;
    this.#server.handleUpgrade(request, socket, head, (webSocket: WebSocket) => {
      opened = webSocket;
    });
    return opened;
  }

  async #admitted(request: IncomingMessage): Promise<Session> {
    const { sessions, mayPeer } = this.#options;
    if (!mayPeer(request)) throw new TokenRefused('a WebSocket came through a proxy, and no key is set');
    const session = await sessions.authenticate(headerOf(request));
    if (session === undefined) throw new TokenRefused('a WebSocket came without a session');
    if (!sessions.claim(session)) throw new TokenRefused('a WebSocket came for a session that has a link');
    return session;
  }
}

/** Answers an upgrade with an error and closes the connection. */
export function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  socket.once('finish', () => {
    socket.destroy();
  });
}
