import type { Socket } from 'node:net';

/** More connections than these without a whole request so far are not kept: the oldest goes for each that comes. */
const MAX_UNFINISHED = 1_000;

/** Keeps connections that say nothing, or do not come to an end with it, from taking the room of those that do. */
export class UnfinishedRequests {
  readonly #unfinished = new Set<Socket>();

  /** Notes a new connection; one that has had longer may end for it. */
  begun(socket: Socket): void {
    this.#unfinished.add(socket);
    socket.once('close', () => this.#unfinished.delete(socket));
    const [oldest] = this.#unfinished;
    if (this.#unfinished.size > MAX_UNFINISHED) oldest?.destroy();
  }

  /** A whole request has come over a connection. */
  finished(socket: Socket): void {
    this.#unfinished.delete(socket);
  }
}
