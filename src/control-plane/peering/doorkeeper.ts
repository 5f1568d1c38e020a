import type { Asn } from '../../core/bgp/packet/asn.ts';
import type { PeerId } from '../../core/bgp/rib/route.ts';
import { Challenges } from './challenges.ts';
import { drawNonce, Handshake } from './handshake.ts';
import { PROTOCOL, type Challenge, type Hello } from './hello.ts';
import { PeerRefused } from './peer-refused.ts';
import type { Identity } from '../speaker/identity.ts';
import type { Session } from './authenticated-session.ts';
import { SessionHeld } from './session-held.ts';
import { CLOCK_TOLERANCE_SECONDS } from './token.ts';

/** Settings of a peer that decide whether a router may be that peer. */
export interface KnownPeer {
  readonly id: PeerId;
  /** Name under which its calls are counted. */
  readonly account: string;
  readonly asn: Asn;
  readonly url: string | undefined;
  readonly key: string | undefined;
}

export interface DoorkeeperOptions {
  readonly local: Identity;
  readonly peers: readonly KnownPeer[];
  /** Returns the guest that an unconfigured router would be, or undefined if it may not be one. */
  readonly guest: (remote: Identity, url: string | undefined) => KnownPeer | undefined;
  /** Returns the router that has the established session of a peer, if there is one. */
  readonly established: (peer: PeerId) => Identity | undefined;
  readonly now: () => number;
}

/** Authenticates routers that dial us. Until they prove themselves, strangers and peers get the same answers. */
export class Doorkeeper {
  readonly #options: DoorkeeperOptions;
  readonly #challenges: Challenges;

  constructor(options: DoorkeeperOptions) {
    this.#options = options;
    this.#challenges = new Challenges(options.now);
  }

  greet(hello: Hello): Challenge {
    const challenge = this.#challenge(drawNonce(), drawNonce());
    this.#challenges.give(challenge.session, { hello, nonce: challenge.nonce });
    return challenge;
  }

  /**
   * Verifies a proof. Returns the session and our own proof. Throws {@link PeerRefused} if the proof is invalid. Each
   * challenge is valid once.
   */
  admit(sessionId: string, proof: string): { readonly session: Session; readonly proof: string } {
    const introduction = this.#challenges.take(sessionId);
    if (introduction === undefined) throw new PeerRefused('a proof did not match a pending challenge');
    const { hello, nonce } = introduction;
    const challenge = this.#challenge(sessionId, nonce);
    const peers = this.#peers(hello);
    this.#check(hello);
    const peer = peers.find(({ key }) => new Handshake(key, hello, challenge).isProof('dialler', proof));
    if (peer === undefined) throw new PeerRefused(`AS ${hello.asn} does not know the key`);
    const handshake = new Handshake(peer.key, hello, challenge);
    const tokenKey = peer.key === undefined ? undefined : handshake.tokenKey();
    const session = this.#session(sessionId, peer, { asn: hello.asn, routerId: hello.routerId }, tokenKey);
    return { session, proof: handshake.proof('answerer') };
  }

  /** Returns the session with a peer that has no key. Throws {@link PeerRefused} if there is none. */
  admitPlain(remote: Identity): Session {
    const peer = this.#peers(remote).find(({ key }) => key === undefined);
    if (peer === undefined) throw new PeerRefused(`AS ${remote.asn} has a key but did not prove that it knows it`);
    return this.#session(drawNonce(), peer, remote, undefined);
  }

  #challenge(session: string, nonce: string): Challenge {
    return { type: 'challenge', session, ...this.#options.local, nonce };
  }

  /**
   * Returns a session. A router with the id of the established one has restarted and may replace it. Throws {@link
   * SessionHeld} for any other router.
   */
  #session(
    id: string,
    { id: peer, account, url }: KnownPeer,
    remote: Identity,
    tokenKey: Uint8Array | undefined,
  ): Session {
    const { local, established } = this.#options;
    const holder = established(peer);
    if (holder !== undefined && holder.routerId !== remote.routerId) throw new SessionHeld(holder, remote.routerId);
    return { id, peer, account, url, local, remote, tokenKey };
  }

  #check({ protocol, time, asn, routerId }: Hello): void {
    const { local, now } = this.#options;
    if (protocol !== PROTOCOL) throw new PeerRefused(`AS ${asn} uses ${protocol} instead of ${PROTOCOL}`);
    const apart = Math.abs(now() - time) / 1_000;
    if (apart > CLOCK_TOLERANCE_SECONDS) {
      throw new PeerRefused(`the clock of AS ${asn} differs from ours by ${Math.round(apart)} s`);
    }
    if (asn === local.asn && routerId === local.routerId)
      throw new PeerRefused('the hello has our own AS number and router id');
  }

  /**
   * Returns the peers that a router may be: those with its ASN, or only the one that also has its URL. If no peer has
   * its URL, all must have different keys.
   */
  #peers(remote: Identity & { readonly url?: string | undefined }): readonly KnownPeer[] {
    const { asn, url } = remote;
    const peers = this.#options.peers.filter((peer) => peer.asn === asn);
    const guest = peers.length === 0 ? this.#options.guest(remote, url) : undefined;
    if (guest !== undefined) return [guest];
    if (peers.length === 0) throw new PeerRefused(`AS ${asn} is not configured as a peer`);
    const named = peers.find((peer) => peer.url !== undefined && peer.url === url);
    if (named !== undefined) return [named];
    if (new Set(peers.map(({ key }) => key)).size === peers.length) return peers;
    throw new PeerRefused(
      `several peers of AS ${asn} have the same key, and none of them has the URL of the router (${url ?? 'none'})`,
    );
  }
}
