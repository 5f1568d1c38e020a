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

/** How long the first questions wait for peers: for one that answers nothing they would wait in vain. */
const FIRST_TOLD_MS = 2_000;

type Expected = Pick<PeerSettings, 'id' | 'url' | 'passive'>;

/** How far this router has come with its peers, for those who wait for it. */
export class Progress {
  readonly #speaker: Speaker;
  readonly #expected: readonly Expected[];
  /** Peers that we dial and that have neither told us all that they know nor failed us yet. */
  readonly #unheard: Set<PeerId>;
  readonly #news = new EventEmitter<{ news: [] }>().setMaxListeners(0);
  /** Families that a peer has told whole in this session (RFC 4724 §2). */
  readonly #told = new Map<PeerId, Set<Family>>();

  /** `expected` are the peers that there will be once the way to them is open. */
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

  /** Resolves when the session with a peer is up; rejects when `signal` aborts. */
  async whenUp(peer: PeerId, signal: AbortSignal): Promise<void> {
    while (this.#speaker.peers.get(peer)?.session === undefined) await once(this.#news, 'news', { signal });
  }

  /**
   * Resolves when every peer has told all that it knows; rejects when `signal` aborts. One that has just restarted waits
   * for us in its turn and is not waited for (RFC 4724 §4.1).
   */
  async whenTold(signal: AbortSignal): Promise<void> {
    while (!this.#expected.every(({ id }) => this.#hasTold(this.#speaker.peers.get(id)))) {
      await once(this.#news, 'news', { signal });
    }
  }

  /** Resolves when every peer that we dial has told all that it knows or has failed us once, and after {@link FIRST_TOLD_MS}. */
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
