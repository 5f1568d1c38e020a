import type { Connection } from '../../core/bgp/fsm/fsm.ts';
import type { PeerId } from '../../core/bgp/rib/route.ts';
import type { Link } from './link.ts';

export interface LinksOptions<L extends Link> {
  /** Called before a link is closed. */
  closing(link: L): void;
  /** Called after a link has been closed. */
  closed(link: L): void;
}

/** Links in use, at most one per peer and connection. Closes links that are replaced or dropped. */
export class Links<L extends Link> {
  readonly #options: LinksOptions<L>;
  readonly #open: Readonly<Record<Connection, Map<PeerId, L>>> = { inbound: new Map(), outbound: new Map() };
  /** Links that are closing and may still send their last messages. */
  readonly #ending = new Set<Promise<void>>();

  constructor(options: LinksOptions<L>) {
    this.#options = options;
  }

  of(peer: PeerId, connection: Connection): L | undefined {
    return this.#open[connection].get(peer);
  }

  /** Sets the link of a connection. Closes the earlier one, if any. */
  put(peer: PeerId, connection: Connection, link: L): void {
    const earlier = this.of(peer, connection);
    if (earlier !== undefined) this.end(earlier);
    this.#open[connection].set(peer, link);
  }

  /** Closes the link of a connection. Returns false if there is none. */
  drop(peer: PeerId, connection: Connection): boolean {
    const link = this.of(peer, connection);
    if (link === undefined) return false;
    this.#open[connection].delete(peer);
    this.end(link);
    return true;
  }

  /** Closes a link that is not, or no longer, in use. */
  end(link: L): void {
    this.#options.closing(link);
    const ending = link.close().then(() => {
      this.#options.closed(link);
      this.#ending.delete(ending);
    });
    this.#ending.add(ending);
  }

  /** Closes all links. Resolves when every link has been closed. */
  async stop(): Promise<void> {
    for (const links of Object.values(this.#open)) {
      for (const link of links.values()) this.end(link);
      links.clear();
    }
    await Promise.all(this.#ending);
  }
}
