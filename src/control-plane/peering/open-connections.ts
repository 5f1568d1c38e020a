import type { Socket } from 'node:net';
import type { IncomingMessage } from 'node:http';
import type { PeerId } from '../../core/bgp/rib/route.ts';
import { addressGroup } from './address-group.ts';
import { FairPlaces } from './fair-places.ts';

/** Largest number of connections that have not authenticated as a peer's. */
const MAX_STRANGERS = 1_000;

/**
 * Largest number of unauthenticated connections on which requests are served at a time, by kind of request.
 * Introductions still find a place when calls have taken all of theirs. A request that names the session of a peer
 * always finds one.
 */
export const SERVED_AT_A_TIME = { call: 600, other: 750, peer: Infinity } as const;

/** Largest number of connections that are kept for peers. */
const MAX_OF_PEERS = 1_000;

/** Time for which a client may read no byte of its response. */
const STALLED_MS = 30_000;

const CHECK_MS = 5_000;

/**
 * Open connections of the listener. A new connection always finds a place. If all are taken, the address with the most
 * idle connections loses its oldest idle one. Connections of peers are counted separately. Those of links are not
 * counted.
 */
export class OpenConnections {
  readonly #groups = new WeakMap<Socket, string>();
  readonly #waiting = new FairPlaces<Socket>();
  readonly #serving = new FairPlaces<Socket>();
  readonly #ofPeers = new FairPlaces<Socket>();
  readonly #requests = new Map<Socket, IncomingMessage>();
  #checks: NodeJS.Timeout | undefined;

  start(): void {
    this.#checks = setInterval(() => {
      this.#watchReaders();
    }, CHECK_MS).unref();
  }

  stop(): void {
    clearInterval(this.#checks);
  }

  /** Adds a new connection. */
  come(socket: Socket): void {
    this.#groups.set(socket, addressGroup(socket.remoteAddress));
    socket.once('close', () => {
      this.release(socket);
    });
    this.#wait(socket);
  }

  /** Records a request, whose body may still be arriving. Returns false if there is no place to serve it. */
  begin(socket: Socket, request: IncomingMessage, limit: number): boolean {
    this.#requests.set(socket, request);
    if (!this.#waiting.delete(socket)) return true;
    const group = this.#groupOf(socket);
    const isRoom = this.#serving.size < limit || this.#makeRoom(group);
    this.#serving.add(group, socket);
    return isRoom;
  }

  /** Records that the request of a connection is answered. */
  end(socket: Socket): void {
    this.#requests.delete(socket);
    if (this.#serving.delete(socket)) this.#wait(socket);
  }

  /** Records that a connection belongs to a peer, which has proved it. */
  vouch(socket: Socket, peer: PeerId): void {
    if (socket.destroyed) return;
    this.#waiting.delete(socket);
    this.#serving.delete(socket);
    this.#ofPeers.add(peer, socket);
    const last = this.#ofPeers.size > MAX_OF_PEERS ? this.#ofPeers.largest()?.oldest : undefined;
    if (last === undefined) return;
    this.#ofPeers.delete(last);
    this.#wait(last);
  }

  /** Stops counting a connection. */
  release(socket: Socket): void {
    this.#requests.delete(socket);
    for (const places of [this.#waiting, this.#serving, this.#ofPeers]) places.delete(socket);
  }

  #wait(socket: Socket): void {
    if (this.#waiting.size + this.#serving.size >= MAX_STRANGERS) this.#hangUp(this.#waiting.largest()?.oldest);
    this.#waiting.add(this.#groupOf(socket), socket);
  }

  /**
   * Disconnects a served client to make room. Returns false if there is none to disconnect. Prefers a client that does
   * not complete its request or read its response. Otherwise selects the oldest one of the largest group, if that is
   * another group.
   */
  #makeRoom(group: string): boolean {
    const idle = this.#serving.find(
      (socket) => socket.writableLength > 0 || this.#requests.get(socket)?.complete === false,
    );
    const largest = this.#serving.largest();
    const leaving = idle ?? (largest === undefined || largest.group === group ? undefined : largest.oldest);
    this.#hangUp(leaving);
    return leaving !== undefined;
  }

  #groupOf(socket: Socket): string {
    return this.#groups.get(socket) ?? '';
  }

  #hangUp(socket: Socket | undefined): void {
    if (socket === undefined) return;
    this.release(socket);
    socket.destroy();
  }

  /** Sets a timeout for clients that do not read their response. Node restarts it whenever bytes leave. */
  #watchReaders(): void {
    for (const socket of this.#requests.keys()) {
      const isReading = socket.writableLength === 0;
      if (isReading && socket.timeout === STALLED_MS) socket.setTimeout(0);
      else if (!isReading && socket.timeout !== STALLED_MS) socket.setTimeout(STALLED_MS);
    }
  }
}
