import type { Socket } from 'node:net';
import type { IncomingMessage } from 'node:http';
import type { PeerId } from '../../core/bgp/rib/route.ts';
import { addressGroup } from './address-group.ts';
import { FairPlaces } from './fair-places.ts';

/** How many connections those may have together that have proved nothing. */
const MAX_STRANGERS = 1_000;

/**
 * On how many connections of strangers a request may be served at a time, by what it is. Introductions find a place when
 * calls have taken all of theirs, and what names a session of a peer finds one always.
 */
export const SERVED_AT_A_TIME = { call: 600, other: 750, peer: Infinity } as const;

/** How many connections are kept for peers. */
const MAX_OF_PEERS = 1_000;

/** How long a client may take no byte of its answer. */
const STALLED_MS = 30_000;

const CHECK_MS = 5_000;

/**
 * Who has a connection to the listener. A newcomer always finds a place: one on which nothing is served gives it, of the
 * address that has the most. The connections of peers are counted apart, and those of links not at all.
 */
export class Connections {
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

  /** Takes a new connection. */
  come(socket: Socket): void {
    this.#groups.set(socket, addressGroup(socket.remoteAddress));
    socket.once('close', () => {
      this.release(socket);
    });
    this.#wait(socket);
  }

  /** A request has come, maybe without all of its body; false when there is no place to serve it. */
  begin(socket: Socket, request: IncomingMessage, limit: number): boolean {
    this.#requests.set(socket, request);
    if (!this.#waiting.delete(socket)) return true;
    const group = this.#groupOf(socket);
    const isRoom = this.#serving.size < limit || this.#makeRoom(group);
    this.#serving.add(group, socket);
    return isRoom;
  }

  /** The request is answered. */
  end(socket: Socket): void {
    this.#requests.delete(socket);
    if (this.#serving.delete(socket)) this.#wait(socket);
  }

  /** A peer has proved that a connection is its own. */
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

  /** A connection is counted no more. */
  release(socket: Socket): void {
    this.#requests.delete(socket);
    for (const places of [this.#waiting, this.#serving, this.#ofPeers]) places.delete(socket);
  }

  #wait(socket: Socket): void {
    if (this.#waiting.size + this.#serving.size >= MAX_STRANGERS) this.#hangUp(this.#waiting.largest()?.oldest);
    this.#waiting.add(this.#groupOf(socket), socket);
  }

  /** First who does not end its request or read its answer has to go, then of another address that has more the oldest. */
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

  /** A client that reads nothing is hung up on, as Node does it: while bytes leave, its timeout begins anew. */
  #watchReaders(): void {
    for (const socket of this.#requests.keys()) {
      const isReading = socket.writableLength === 0;
      if (isReading && socket.timeout === STALLED_MS) socket.setTimeout(0);
      else if (!isReading && socket.timeout !== STALLED_MS) socket.setTimeout(STALLED_MS);
    }
  }
}
