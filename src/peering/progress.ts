import { EventEmitter, once } from 'node:events';
import type { Effect } from '../bgp/state/effect.ts';
import type { Event } from '../bgp/state/event.ts';
import type { Fsm } from '../bgp/fsm/fsm.ts';
import type { PeerSettings } from '../bgp/state/peer-settings.ts';
import type { PeerId } from '../bgp/rib/route.ts';
import type { Peer, Speaker } from '../bgp/state/state.ts';
import { peerState } from '../bgp/view.ts';

const CONNECTED: ReadonlySet<Fsm['state']> = new Set(['open-sent', 'open-confirm', 'established']);

interface Expected {
  readonly settings: Pick<PeerSettings, 'id' | 'url' | 'passive'>;
}

/** How far this router has come with its peers, for those who wait for it. */
export class Progress {
  readonly #speaker: Speaker;
  readonly #expected: readonly Expected[];
  /** Peers that we dial and that have neither told us all that they know nor failed us yet. */
  readonly #unheard: Set<PeerId>;
  readonly #news = new EventEmitter<{ news: [] }>().setMaxListeners(0);
  /** Families that a peer has told whole in this session (RFC 4724 §2). */
  readonly #told = new Set<string>();

  /** `expected` are the peers that there will be once the way to them is open. */
  constructor(speaker: Speaker, expected: readonly Expected[]) {
    this.#speaker = speaker;
    this.#expected = expected;
    const dialled = expected.filter(({ settings: { url, passive } }) => url !== undefined && !passive);
    this.#unheard = new Set(dialled.map(({ settings: { id } }) => id));
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
    this.#told.add(`${message.endOfRib} ${event.peer}`);
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
    while (!this.#expected.every(({ settings: { id } }) => this.#hasTold(this.#speaker.peers.get(id)))) {
      await once(this.#news, 'news', { signal });
    }
  }

  /** Resolves when every peer that we dial has told all that it knows or has failed us once; rejects when `signal` aborts. */
  async whenFirstTold(signal: AbortSignal): Promise<void> {
    while (this.#unheard.size > 0) await once(this.#news, 'news', { signal });
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
    return (
      gracefulRestart?.restarted === true || families.every((family) => this.#told.has(`${family} ${settings.id}`))
    );
  }

  #forget(peer: PeerId): void {
    this.#unhoped(peer);
    for (const told of this.#told) if (told.endsWith(` ${peer}`)) this.#told.delete(told);
  }
}
