import type { Effect } from '../../core/bgp/state/effect.ts';
import type { Event } from '../../core/bgp/state/event.ts';
import type { PeerId } from '../../core/bgp/rib/route.ts';
import { Failure } from '../../base/failure/failure.ts';

/** The peer has not been heard of for its hold time: nobody knows what has become of the call. */
export class PeerSilent extends Failure {
  constructor(peer: PeerId) {
    super('SERVER_UNAVAILABLE', `${peer} has fallen silent while it had the call.`, {
      blames: 'peer',
      isSilent: true,
      reached: 'maybe',
    });
  }
}

/**
 * Ends calls to peers that have fallen silent: at once when the hold timer says so (RFC 4271 §6.5), and otherwise when a
 * session that was lost has not come back within its hold time. Calls have connections of their own, and what the peer is
 * still at work on may well be answered.
 */
export class SilentPeers {
  readonly #underWay = new Map<PeerId, AbortController>();
  readonly #holdMs = new Map<PeerId, number>();
  readonly #missing = new Map<PeerId, NodeJS.Timeout>();

  /** Aborts with {@link PeerSilent} when the peer has fallen silent. */
  signalFor(peer: PeerId): AbortSignal {
    const controller = this.#underWay.get(peer) ?? new AbortController();
    this.#underWay.set(peer, controller);
    return controller.signal;
  }

  observe(event: Event, effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.type === 'SessionUp') this.#up(effect.peer, effect.negotiated.holdTimeSeconds * 1_000);
      if (effect.type === 'SessionDown') this.#down(effect.peer, isHoldTimer(event));
    }
  }

  stop(): void {
    for (const timer of this.#missing.values()) clearTimeout(timer);
    this.#missing.clear();
  }

  #up(peer: PeerId, holdMs: number): void {
    clearTimeout(this.#missing.get(peer));
    this.#missing.delete(peer);
    this.#holdMs.set(peer, holdMs);
  }

  #down(peer: PeerId, isSilent: boolean): void {
    const holdMs = this.#holdMs.get(peer) ?? 0;
    this.#holdMs.delete(peer);
    if (isSilent) this.#end(peer);
    // Without a hold time nobody is ever silent: the calls go on under their own deadlines.
    else if (holdMs === 0) this.#underWay.delete(peer);
    else {
      const timer = setTimeout(() => {
        this.#end(peer);
      }, holdMs);
      this.#missing.set(peer, timer.unref());
    }
  }

  #end(peer: PeerId): void {
    this.#missing.delete(peer);
    this.#underWay.get(peer)?.abort(new PeerSilent(peer));
    this.#underWay.delete(peer);
  }
}

function isHoldTimer(event: Event): boolean {
  return event.type === 'TimerExpired' && event.timer.kind === 'session' && event.timer.timer === 'hold';
}
