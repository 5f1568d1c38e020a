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

/** A peer as far as it matters to whether a router may be it. */
export interface KnownPeer {
  readonly id: PeerId;
  /** The name by which its calls are counted. */
  readonly account: string;
  readonly asn: Asn;
  readonly url: string | undefined;
  readonly key: string | undefined;
}

export interface DoorkeeperOptions {
  readonly local: Identity;
  readonly peers: readonly KnownPeer[];
  /** Who a router would be that is no configured peer, if such are taken in. */
  readonly guest: (remote: Identity, url: string | undefined) => KnownPeer | undefined;
  /** Which router has the session of a peer that is up, if one is. */
  readonly established: (peer: PeerId) => Identity | undefined;
  readonly now: () => number;
}

/** Finds out whether who dials us is who it says it is. Strangers and peers see no difference until they prove themselves. */
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
   * The session with a router that has proved itself, and our own proof; throws {@link PeerRefused}. Each challenge serves
   * once.
   */
  admit(sessionId: string, proof: string): { readonly session: Session; readonly proof: string } {
    const introduction = this.#challenges.take(sessionId);
    if (introduction === undefined) throw new PeerRefused('a proof came to no challenge, or too late');
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

  /** The session with a peer that needs no proof; throws {@link PeerRefused}. */
  admitPlain(remote: Identity): Session {
    const peer = this.#peers(remote).find(({ key }) => key === undefined);
    if (peer === undefined) throw new PeerRefused(`AS ${remote.asn} has a key and did not prove that it knows it`);
    return this.#session(drawNonce(), peer, remote, undefined);
  }

  #challenge(session: string, nonce: string): Challenge {
    return { type: 'challenge', session, ...this.#options.local, nonce };
  }

  /** A restarted router has its own id again and may take its place. Any other one must wait: throws {@link SessionHeld}. */
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
    if (protocol !== PROTOCOL) throw new PeerRefused(`AS ${asn} speaks ${protocol} and not ${PROTOCOL}`);
    const apart = Math.abs(now() - time) / 1_000;
    if (apart > CLOCK_TOLERANCE_SECONDS) {
      throw new PeerRefused(`the clock of AS ${asn} and ours are ${Math.round(apart)} s apart`);
    }
    if (asn === local.asn && routerId === local.routerId) throw new PeerRefused('this is our own router');
  }

  /** Those that it may be: by its ASN, then by its URL where that is one of theirs, else each that has a key of its own. */
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
      `AS ${asn} has several routers with one key among our peers, and ${url ?? 'one without a URL'} is none of them`,
    );
  }
}
