import type { Effect } from '../../core/bgp/state/effect.ts';
import type { Event } from '../../core/bgp/state/event.ts';
import type { PeerId } from '../../core/bgp/rib/route.ts';
import { Failure } from '../../base/failure/failure.ts';

/** Failure of a call because its peer has been silent for the hold time. The call may have reached the agent. */
export class PeerSilent extends Failure {
  constructor(peer: PeerId) {
    super('SERVER_UNAVAILABLE', `${peer} stopped responding during the call.`, {
      blames: 'peer',
      isSilent: true,
      reached: 'maybe',
    });
  }
}

/**
 * Aborts calls to peers that have become silent. If the hold timer expires, it does so at once (RFC 4271 §6.5). If a
 * session is lost, it does so unless the session is back within its hold time. Calls have their own connections, so the
 * peer may still answer until then.
 */
export class SilentPeers {
  readonly #underWay = new Map<PeerId, AbortController>();
  readonly #holdMs = new Map<PeerId, number>();
  readonly #missing = new Map<PeerId, NodeJS.Timeout>();

  /** Returns a signal that aborts with {@link PeerSilent} when the peer becomes silent. */
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
    // Without a hold time, a peer never counts as silent. Calls end by their own deadlines.
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
