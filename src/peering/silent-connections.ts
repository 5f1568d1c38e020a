import type { Socket } from 'node:net';

/** More connections than these that have said nothing yet are not kept: the oldest goes for each that comes. */
const MAX_SILENT = 1_000;

/** Keeps connections that say nothing from taking the room of those that do. */
export class SilentConnections {
  readonly #silent = new Set<Socket>();

  /** Notes a new connection; one that has been silent for longer may end for it. */
  opened(socket: Socket): void {
    this.#silent.add(socket);
    socket.once('close', () => this.#silent.delete(socket));
    const [oldest] = this.#silent;
    if (this.#silent.size > MAX_SILENT) oldest?.destroy();
  }

  /** A request has come over a connection: from now on it is bounded by what requests are bounded by. */
  spoke(socket: Socket): void {
    this.#silent.delete(socket);
  }
}
