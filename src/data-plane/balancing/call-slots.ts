import { QueueFull, QueueLeft } from './queue-failures.ts';

export interface CallLimits {
  /** Maximum number of calls that run at one next hop at once. */
  readonly maxConcurrent: number;
  /** Maximum number of calls that wait for a slot. */
  readonly maxQueued: number;
}

/** This router's own user, whose calls come from the MCP client. */
export const OWN_USER = Symbol('own user');

/** The caller that holds or waits for a slot: the own user, or a peer or another client by name. */
export type SlotHolder = typeof OWN_USER | string;

/** A call that waits for a slot. */
interface Waiter {
  readonly begin: () => void;
  readonly displace: () => void;
}

/** The running and waiting calls of one caller at a next hop. */
interface Share {
  running: number;
  readonly waiting: Set<Waiter>;
}

interface Place {
  running: number;
  waiting: number;
  /** Callers with calls here. The caller that got a slot last comes last. */
  readonly shares: Map<SlotHolder, Share>;
  /** True if the own user got the last slot that others waited for too. */
  wasOwnTurn: boolean;
}

/**
 * Divisors of a next hop's slots: one tenth is reserved for the own user, and one twentieth for callers that hold none.
 */
const OWN_PART = 10;
const NEWCOMERS_PART = 20;

/**
 * Limits how many calls run at a next hop at once and how many wait for it. No caller can take all slots or the whole
 * queue: some slots are reserved, waiting callers get the others in turn, and in a full queue the caller with most
 * waiting calls makes room for a caller with fewer.
 */
export class CallSlots {
  readonly #limits: CallLimits;
  readonly #keptForOwn: number;
  readonly #keptForNewcomers: number;
  readonly #places = new Map<string, Place>();

  constructor(limits: CallLimits) {
    const { maxConcurrent } = limits;
    this.#limits = limits;
    this.#keptForOwn = maxConcurrent < 2 ? 0 : Math.max(1, Math.floor(maxConcurrent / OWN_PART));
    this.#keptForNewcomers = maxConcurrent < 3 ? 0 : Math.max(1, Math.floor(maxConcurrent / NEWCOMERS_PART));
  }

  /**
   * Resolves when the call may begin. The caller of this method calls {@link leave} when the call has ended. Rejects
   * with a `Failure`.
   */
  async enter(
    nextHop: string,
    caller: SlotHolder | undefined,
    signal: AbortSignal,
    retryAfterMs: () => number,
  ): Promise<void> {
    const holder = caller ?? OWN_USER;
    const place = this.#placeOf(nextHop);
    const share = place.shares.get(holder) ?? { running: 0, waiting: new Set() };
    if (this.#mayRun(place, holder, share)) {
      place.shares.set(holder, share);
      place.running += 1;
      share.running += 1;
      return;
    }
    if (signal.aborted) throw new QueueLeft(nextHop);
    if (place.waiting >= this.#limits.maxQueued && !this.#makesRoom(place, holder, share))
      throw new QueueFull(nextHop, retryAfterMs());
    place.shares.set(holder, share);
    await new Promise<void>((resolve, reject) => {
      const end = (): void => {
        signal.removeEventListener('abort', leave);
        share.waiting.delete(waiter);
        place.waiting -= 1;
      };
      const leave = (): void => {
        end();
        this.#tidy(nextHop, place, holder, share);
        reject(new QueueLeft(nextHop));
      };
      const displace = (): void => {
        end();
        this.#tidy(nextHop, place, holder, share);
        reject(new QueueFull(nextHop, retryAfterMs()));
      };
      const begin = (): void => {
        end();
        resolve();
      };
      const waiter = { begin, displace };
      signal.addEventListener('abort', leave, { once: true });
      share.waiting.add(waiter);
      place.waiting += 1;
    });
  }

  leave(nextHop: string, caller: SlotHolder | undefined): void {
    const holder = caller ?? OWN_USER;
    const place = this.#places.get(nextHop);
    const share = place?.shares.get(holder);
    if (place === undefined || share === undefined) return;
    place.running -= 1;
    share.running -= 1;
    this.#tidy(nextHop, place, holder, share);
    for (let next = this.#next(place); next !== undefined; next = this.#next(place)) this.#begin(place, ...next);
  }

  #placeOf(nextHop: string): Place {
    const known = this.#places.get(nextHop);
    if (known !== undefined) return known;
    const place = { running: 0, waiting: 0, shares: new Map<SlotHolder, Share>(), wasOwnTurn: false };
    this.#places.set(nextHop, place);
    return place;
  }

  #mayRun({ running, shares }: Place, holder: SlotHolder, share: Share): boolean {
    const free = this.#limits.maxConcurrent - running;
    if (holder === OWN_USER) return free > 0;
    const kept = Math.max(0, this.#keptForOwn - (shares.get(OWN_USER)?.running ?? 0));
    return free - kept > (share.running > 0 ? this.#keptForNewcomers : 0);
  }

  /** Returns the caller whose waiting call begins now. The own user gets every other turn, however many others wait. */
  #next(place: Place): [SlotHolder, Share] | undefined {
    if (place.waiting === 0 || place.running >= this.#limits.maxConcurrent) return undefined;
    const own = place.shares.get(OWN_USER);
    const ownWaits = own !== undefined && own.waiting.size > 0;
    if (ownWaits && !place.wasOwnTurn) return [OWN_USER, own];
    for (const [holder, share] of place.shares) {
      if (holder !== OWN_USER && share.waiting.size > 0 && this.#mayRun(place, holder, share)) return [holder, share];
    }
    return ownWaits ? [OWN_USER, own] : undefined;
  }

  #begin(place: Place, holder: SlotHolder, share: Share): void {
    place.running += 1;
    share.running += 1;
    place.wasOwnTurn = holder === OWN_USER;
    place.shares.delete(holder);
    place.shares.set(holder, share);
    const [first] = share.waiting;
    first?.begin();
  }

  /**
   * Rejects the newest waiting call of the caller with most waiting calls, unless the new caller would then have as
   * many. Returns true if it rejected one.
   */
  #makesRoom(place: Place, holder: SlotHolder, share: Share): boolean {
    const longest = this.#longest(place);
    if (longest === undefined || longest === share) return false;
    const isOwed = holder === OWN_USER && share.waiting.size < this.#limits.maxQueued / 2;
    if (!isOwed && longest.waiting.size <= share.waiting.size + 1) return false;
    [...longest.waiting].at(-1)?.displace();
    return true;
  }

  /** Returns the caller with most waiting calls. The own user may fill half of the queue. */
  #longest({ shares }: Place): Share | undefined {
    let longest: Share | undefined;
    for (const [holder, share] of shares) {
      const { size } = share.waiting;
      if (holder === OWN_USER && size <= this.#limits.maxQueued / 2) continue;
      if (size > (longest?.waiting.size ?? 0)) longest = share;
    }
    return longest;
  }

  #tidy(nextHop: string, place: Place, holder: SlotHolder, { running, waiting }: Share): void {
    if (running === 0 && waiting.size === 0) place.shares.delete(holder);
    if (place.shares.size === 0) this.#places.delete(nextHop);
  }
}
