import type { PeerId } from '../../core/bgp/rib/route.ts';
import type { Identity } from '../speaker/identity.ts';
import type { LinkEnd } from '../speaker/link.ts';
import { decodeJson } from './json-codec.ts';
import type { Session } from './authenticated-session.ts';
import type { SessionLink } from './session-link.ts';

/** A link to a peer that only receives. Another copy of this router has the real link. */
export class MirroredLink implements SessionLink {
  readonly session: Session;
  readonly backlog = 0;
  #end: LinkEnd | undefined;

  constructor(peer: PeerId, local: Identity, remote: Identity) {
    this.session = { id: `mirror of ${peer}`, peer, account: peer, url: undefined, local, remote, tokenKey: undefined };
  }

  get remote(): Identity {
    return this.session.remote;
  }

  open(end: LinkEnd): void {
    this.#end = end;
  }

  deliver(json: unknown): void {
    this.#end?.received(() => decodeJson(json), 0);
  }

  lose(): void {
    const end = this.#end;
    this.#end = undefined;
    end?.lost();
  }

  /** Does nothing, because only the copy that has the session sends to peers. */
  send(): void {
    return;
  }

  /** Does nothing, because the copy that has the session has already read the message. */
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
