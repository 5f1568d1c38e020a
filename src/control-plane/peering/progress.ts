import { EventEmitter, once } from 'node:events';
import type { Effect } from '../../core/bgp/state/effect.ts';
import type { Event } from '../../core/bgp/state/event.ts';
import type { Fsm } from '../../core/bgp/fsm/fsm.ts';
import type { Family } from '../../core/bgp/packet/nlri.ts';
import type { PeerSettings } from '../../core/bgp/state/peer-settings.ts';
import type { PeerId } from '../../core/bgp/rib/route.ts';
import type { Peer, Speaker } from '../../core/bgp/state/state.ts';
import { peerState } from '../../core/bgp/view.ts';

const CONNECTED: ReadonlySet<Fsm['state']> = new Set(['open-sent', 'open-confirm', 'established']);

/** Longest time that the first requests wait for peers. It limits the wait for a peer that does not answer. */
const FIRST_TOLD_MS = 2_000;

type Expected = Pick<PeerSettings, 'id' | 'url' | 'passive'>;

/** Tracks the progress of the sessions with peers and lets callers wait for it. */
export class Progress {
  readonly #speaker: Speaker;
  readonly #expected: readonly Expected[];
  /** Dialled peers that have neither sent all their routes nor failed. */
  readonly #unheard: Set<PeerId>;
  readonly #news = new EventEmitter<{ news: [] }>().setMaxListeners(0);
  /** Families for which a peer has sent End-of-RIB in this session (RFC 4724 §2). */
  readonly #told = new Map<PeerId, Set<Family>>();

  /** `expected` are the peers that will be configured once the way to them is open. */
  constructor(speaker: Speaker, expected: readonly Expected[]) {
    this.#speaker = speaker;
    this.#expected = expected;
    const dialled = expected.filter(({ url, passive }) => url !== undefined && !passive);
    this.#unheard = new Set(dialled.map(({ id }) => id));
  }

  observe(event: Event, effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.type === 'SessionDown') this.#forget(effect.peer);
      if (effect.type === 'SessionUp') this.#heard(effect.peer);
    }
    if (event.type !== 'Session') return;
    if (event.input.type === 'TransportFailed' && !this.#isConnected(event.peer)) this.#unhoped(event.peer);
    if (event.input.type !== 'MessageReceived') return;
    const { message } = event.input;
    if (message.type !== 'update' || message.endOfRib === undefined) return;
    const told = this.#told.get(event.peer) ?? new Set<Family>();
    this.#told.set(event.peer, told.add(message.endOfRib));
    this.#heard(event.peer);
  }

  /** Resolves when the session with a peer is established. Rejects when `signal` aborts. */
  async whenUp(peer: PeerId, signal: AbortSignal): Promise<void> {
    while (this.#speaker.peers.get(peer)?.session === undefined) await once(this.#news, 'news', { signal });
  }

  /**
   * Resolves when every peer has sent all its routes. Rejects when `signal` aborts. Does not wait for a peer that has
   * just restarted, because that peer waits for us (RFC 4724 §4.1).
   */
  async whenTold(signal: AbortSignal): Promise<void> {
    while (!this.#expected.every(({ id }) => this.#hasTold(this.#speaker.peers.get(id)))) {
      await once(this.#news, 'news', { signal });
    }
  }

  /** Resolves when every dialled peer has sent all its routes or has failed once, or after {@link FIRST_TOLD_MS}. */
  async whenFirstTold(): Promise<void> {
    const signal = AbortSignal.timeout(FIRST_TOLD_MS);
    while (this.#unheard.size > 0 && !signal.aborted) {
      await once(this.#news, 'news', { signal }).catch(() => undefined);
    }
  }

  #heard(peer: PeerId): void {
    if (this.#hasTold(this.#speaker.peers.get(peer))) this.#unheard.delete(peer);
    this.#news.emit('news');
  }

  #unhoped(peer: PeerId): void {
    if (this.#unheard.delete(peer)) this.#news.emit('news');
  }

  #isConnected(peer: PeerId): boolean {
    const known = this.#speaker.peers.get(peer);
    return known !== undefined && CONNECTED.has(peerState(known));
  }

  #hasTold(peer: Peer | undefined): boolean {
    if (peer?.session === undefined) return false;
    const { settings, session } = peer;
    const { families, gracefulRestart } = session.negotiated;
    const told = this.#told.get(settings.id);
    return gracefulRestart?.restarted === true || families.every((family) => told?.has(family) === true);
  }

  #forget(peer: PeerId): void {
    this.#unhoped(peer);
    this.#told.delete(peer);
  }
}
