import { createServer, type IncomingMessage } from 'node:http';
import { duplexPair, type Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';

/** Returns both ends of a WebSocket that uses no network, paused: first the dialling end, then the accepting end. */
export async function webSocketPair(): Promise<readonly [WebSocket, WebSocket]> {
  const [near, far] = duplexPair();
  const upgrades = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  const server = createServer();
  const taken = new Promise<WebSocket>((resolve) => {
    server.once('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
      upgrades.handleUpgrade(request, stream, head, (socket: WebSocket) => {
        socket.pause();
        resolve(socket);
      });
    });
  });
  server.emit('connection', far);
  const dialled = await new Promise<WebSocket>((resolve, reject) => {
    const socket = new WebSocket('ws://rehearsal', { createConnection: () => near, perMessageDeflate: false });
    socket.once('error', reject);
    socket.once('open', () => {
      socket.pause();
      resolve(socket);
    });
  });
  return [dialled, await taken];
}
