import type { PathAttributes } from '../packet/attributes.ts';
import { isReserved, type Community } from '../packet/community.ts';
import type { Nlri } from '../packet/nlri.ts';

/**
 * A peer is told another MED of one of our own routes at most once in this time, whichever copy the MED is of: with several
 * copies the best one's may change more often than that of any (RFC 4271 §9.2.1.2; 15 s there, and for all changes).
 */
export const MIN_RETELLING_MS = 10_000;

const NONE: readonly Community[] = [];

/** The times at which a peer was last told another MED of our own routes, and those routes of which it must still be told. */
export class HealthPace {
  readonly #toldAt = new Map<Nlri, number>();
  readonly #held = new Set<Nlri>();
  #wakeAt: number | undefined;

  /** The time at which {@link HealthPace.release} has to be called; undefined while no route waits. */
  get wakeAt(): number | undefined {
    return this.#wakeAt;
  }

  /** True if the peer must wait for another MED of a route, because it has just been told one. */
  holds(nlri: Nlri, told: PathAttributes, next: PathAttributes, now: number): boolean {
    const due = (this.#toldAt.get(nlri) ?? -Infinity) + MIN_RETELLING_MS;
    if (due <= now || !differsOnlyInHealth(told, next)) return false;
    this.#held.add(nlri);
    this.#wakeAt = Math.min(this.#wakeAt ?? Infinity, due);
    return true;
  }

  told(nlri: Nlri, now: number): void {
    this.#toldAt.set(nlri, now);
  }

  /** Forgets a route that the peer does not know any more. */
  forget(nlri: Nlri): void {
    this.#toldAt.delete(nlri);
    this.#held.delete(nlri);
  }

  /** Forgets all routes, because the peer does not know any. */
  clear(): void {
    this.#toldAt.clear();
    this.#held.clear();
    this.#wakeAt = undefined;
  }

  /** Returns the routes that the peer has waited long enough for, and holds them no longer. */
  release(now: number): readonly Nlri[] {
    const due: Nlri[] = [];
    let next = Infinity;
    for (const nlri of this.#held) {
      const at = (this.#toldAt.get(nlri) ?? -Infinity) + MIN_RETELLING_MS;
      if (at <= now) due.push(nlri);
      else next = Math.min(next, at);
    }
    for (const nlri of due) this.#held.delete(nlri);
    this.#wakeAt = next === Infinity ? undefined : next;
    return due;
  }
}

/**
 * True if two attribute sets differ only in which copy of the agent is the best and in its health, so that the same callers may
 * use both. Both sets are interned, so that equal lists are one object (RFC 4271 §9.2.1.2).
 */
function differsOnlyInHealth(a: PathAttributes, b: PathAttributes): boolean {
  return (
    a.asPath === b.asPath &&
    a.nextHop === b.nextHop &&
    a.localPref === b.localPref &&
    a.capabilities === b.capabilities &&
    a.originatorId === b.originatorId &&
    a.clusterList === b.clusterList &&
    a.aggregate === b.aggregate &&
    a.unknown === b.unknown &&
    sameTags(a.communities, b.communities)
  );
}

/** True if two lists hold the same communities, apart from those that name a copy or its health. */
function sameTags(a: readonly Community[], b: readonly Community[]): boolean {
  if (a === b) return true;
  const others = b.filter(isTag);
  let at = 0;
  for (const community of a) if (isTag(community) && community !== others[at++]) return false;
  return at === others.length;
}

function isTag(community: Community): boolean {
  return !community.startsWith('performance:') && !isReserved(community, NONE);
}
