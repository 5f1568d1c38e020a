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
  /** Whether a router may come this way at all. */
  readonly mayPeer: (request: IncomingMessage) => boolean;
  /** Takes a link, if it is wanted; throws {@link PeerRefused} where the peer has no place for it. */
  readonly accept: (link: SessionLink) => boolean;
  readonly log: Log;
}

/** Takes WebSockets of peers that have introduced themselves. */
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

  /** Takes a WebSocket, if a peer may open one here and now; whether it has become a link. */
  async take(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<boolean> {
    try {
      const session = await this.#admitted(request);
      const webSocket = this.#opened(request, socket, head);
      if (webSocket !== undefined) return await this.#linked(session, webSocket);
      // It waits for a link no more, and without one it would never end.
      this.#options.sessions.end(session);
    } catch (error) {
      if (!(error instanceof TokenRefused)) throw error;
      this.#options.log({ event: 'peer-refused', reason: error.message });
      refuseUpgrade(socket, '401 Unauthorized');
    }
    return false;
  }

  async #linked(session: Session, webSocket: WebSocket): Promise<boolean> {
    // The peer may speak at once, and nobody listens yet.
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

  /** Undefined where the handshake is malformed, or the connection is gone; then the library has answered. */
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

/** Answers an upgrade with an error and hangs up. */
export function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  socket.once('finish', () => {
    socket.destroy();
  });
}
