import type { Effect } from '../../core/bgp/state/effect.ts';
import type { Event } from '../../core/bgp/state/event.ts';
import type { PathAttributes } from '../../core/bgp/packet/attributes.ts';
import { VERSION, type Message, type Open, type Reach } from '../../core/bgp/packet/message.ts';
import { notification } from '../../core/bgp/packet/notification.ts';
import { encodeMessage } from '../../core/bgp/packet/wire-encode.ts';
import { MAX_NLRI_PER_UPDATE } from '../../core/bgp/update/dissemination.ts';
import type { PeerId } from '../../core/bgp/rib/route.ts';
import type { Peer, Speaker } from '../../core/bgp/state/state.ts';
import type { MirrorFrame } from './mirror-frame.ts';

/** Time in which another copy can take the port and open the sessions again, in seconds. */
export const TAKE_OVER_SECONDS = 10;

type Tell = (frame: MirrorFrame) => void;

/**
 * Relays the messages of peers to other copies of this router. Each copy then has the same routes without a session of
 * its own.
 */
export class Mirror {
  readonly #speaker: Speaker;
  readonly #watching = new Set<Tell>();

  constructor(speaker: Speaker) {
    this.#speaker = speaker;
  }

  /** Sends what peers have said so far, then everything that they say. Returns a function that ends it. */
  watch(tell: Tell): () => void {
    this.#watching.add(tell);
    for (const peer of this.#speaker.peers.values()) {
      for (const message of [...this.#greeting(peer.settings.id), ...standing(peer)]) {
        tell(frameOf(peer.settings.id, message));
      }
    }
    return () => {
      this.#watching.delete(tell);
    };
  }

  /** Relays the results of an event. */
  observe(event: Event, effects: readonly Effect[]): void {
    if (this.#watching.size === 0) return;
    for (const effect of effects) {
      if (effect.type === 'SessionDown') this.#sessionDown(effect);
      if (effect.type === 'SessionUp') this.#tellAll(effect.peer, this.#greeting(effect.peer));
    }
    if (event.type !== 'Session' || event.input.type !== 'MessageReceived') return;
    const { message } = event.input;
    const isUp = this.#speaker.peers.get(event.peer)?.session?.connection === event.connection;
    if (isUp && message.type === 'update') this.#tellAll(event.peer, [message]);
  }

  #sessionDown({ peer, cause }: Extract<Effect, { type: 'SessionDown' }>): void {
    if (cause !== 'transport-failed') this.#tellAll(peer, [cause]);
    else if (this.#speaker.peers.get(peer)?.hasStale === true) for (const tell of this.#watching) tell({ peer });
    else this.#tellAll(peer, [notification('administrative-reset')]);
  }

  #tellAll(peer: PeerId, messages: readonly Message[]): void {
    for (const message of messages) {
      const frame = frameOf(peer, message);
      for (const tell of this.#watching) tell(frame);
    }
  }

  /** Returns the messages with which a peer would establish its present session with us. */
  #greeting(id: PeerId): readonly Message[] {
    const peer = this.#speaker.peers.get(id);
    if (peer?.session === undefined) return [];
    const { routerId, families, proofs, gracefulRestart, sameDecision } = peer.session.negotiated;
    const restartTimeSeconds = Math.max(TAKE_OVER_SECONDS, gracefulRestart?.restartTimeSeconds ?? 0);
    const open: Open = {
      type: 'open',
      version: VERSION,
      asn: peer.settings.asn,
      routerId,
      // The connection between the copies shows whether they are up.
      holdTimeSeconds: 0,
      capabilities: {
        families,
        routeRefresh: false,
        gracefulRestart: { restartTimeSeconds, restarted: false, preserved: true },
        proofs,
        decision: sameDecision ? this.#speaker.decision : '',
      },
    };
    return [open, { type: 'keepalive' }];
  }
}

function frameOf(peer: PeerId, message: Message): MirrorFrame {
  return { peer, message: encodeMessage(message) };
}

/** Yields everything that a peer has announced and not withdrawn (RFC 4271 §3.2). */
function* standing(peer: Peer): Generator<Message> {
  if (peer.session === undefined) return;
  for (const [attributes, reach] of byAttributes(peer)) {
    for (let at = 0; at < reach.length; at += MAX_NLRI_PER_UPDATE) {
      const part = reach.slice(at, at + MAX_NLRI_PER_UPDATE);
      yield { type: 'update', withdrawn: [], attributes, reach: part, proofs: [] };
    }
  }
  if (peer.hasStale) return;
  for (const endOfRib of peer.session.negotiated.families) {
    yield { type: 'update', withdrawn: [], reach: [], proofs: [], endOfRib };
  }
}

function byAttributes({ adjRibIn }: Peer): Map<PathAttributes, Reach[]> {
  const groups = new Map<PathAttributes, Reach[]>();
  for (const { nlri, received, life, label } of adjRibIn.values()) {
    const group = groups.get(received) ?? [];
    groups.set(received, group);
    group.push({ nlri, ...(life !== undefined && { life }), ...(label !== undefined && { label }) });
  }
  return groups;
}
