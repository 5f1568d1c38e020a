import type { PeerId } from '../bgp/rib/route.ts';
import type { Link, LinkEnd } from './link.ts';
import type { Identity, Session } from './session.ts';

/** What looks like a link to a peer and only listens: another copy of this router has the real one. */
export class MirroredLink implements Link {
  readonly session: Session;
  readonly backlog = 0;
  #end: LinkEnd | undefined;

  constructor(peer: PeerId, local: Identity, remote: Identity) {
    this.session = { id: `mirror of ${peer}`, peer, url: undefined, local, remote, tokenKey: undefined };
  }

  open(end: LinkEnd): void {
    this.#end = end;
  }

  deliver(json: unknown): void {
    this.#end?.received(json, 0);
  }

  lose(): void {
    this.#end?.lost();
  }

  /** Peers learn from the copy that has the session, and from it alone. */
  send(): void {
    return;
  }

  /** The copy that has the session has read it already. */
  pause(): void {
    return;
  }

  resume(): void {
    return;
  }

  close(): Promise<void> {
    this.#end = undefined;
    return Promise.resolve();
  }
}
