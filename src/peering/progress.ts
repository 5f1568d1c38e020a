import { EventEmitter, once } from 'node:events';
import type { Effect } from '../bgp/effect.ts';
import type { Event } from '../bgp/event.ts';
import type { PeerId } from '../bgp/rib/route.ts';
import type { Peer, Speaker } from '../bgp/state.ts';

/** How far this router has come with its peers, for those who wait for it. */
export class Progress {
  readonly #speaker: Speaker;
  readonly #expected: readonly { readonly id: PeerId }[];
  readonly #news = new EventEmitter<{ news: [] }>().setMaxListeners(0);
  /** Families that a peer has told whole in this session (RFC 4724 §2). */
  readonly #told = new Set<string>();

  /** `expected` are the peers that there will be once the way to them is open. */
  constructor(speaker: Speaker, expected: readonly { readonly id: PeerId }[]) {
    this.#speaker = speaker;
    this.#expected = expected;
  }

  observe(event: Event, effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.type === 'SessionDown') this.#forget(effect.peer);
      if (effect.type === 'SessionUp') this.#news.emit('news');
    }
    if (event.type !== 'Session' || event.input.type !== 'MessageReceived') return;
    const { message } = event.input;
    if (message.type !== 'update' || message.endOfRib === undefined) return;
    this.#told.add(`${message.endOfRib} ${event.peer}`);
    this.#news.emit('news');
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

  #hasTold(peer: Peer | undefined): boolean {
    if (peer?.session === undefined) return false;
    const { settings, session } = peer;
    const { families, gracefulRestart } = session.negotiated;
    return (
      gracefulRestart?.restarted === true || families.every((family) => this.#told.has(`${family} ${settings.id}`))
    );
  }

  #forget(peer: PeerId): void {
    for (const told of this.#told) if (told.endsWith(` ${peer}`)) this.#told.delete(told);
  }
}
