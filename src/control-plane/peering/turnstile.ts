import type { PeerId } from '../../core/bgp/rib/route.ts';
import { FairQueue } from './fair-queue.ts';

/** How long requests may be begun in one turn of the event loop, in milliseconds. */
const SHARE_MS = 4;

/** After a turn that took longer, because of what earlier requests still do, a single one is begun. */
const LONG_TURN_MS = 12;

/** Who makes a request: a peer, as far as the request names its session, or whoever has a connection. */
export type Asker = { readonly peer: PeerId } | { readonly connection: object };

/**
 * Lets requests begin one after the other, and no more of them in one turn of the event loop than leave time for calls of
 * our own. Peers and strangers take turns, and so do peers with each other, and connections of strangers.
 */
export class Turnstile {
  readonly #peers = new FairQueue<PeerId, () => void>();
  readonly #strangers = new FairQueue<object, () => void>();
  #waiting = 0;
  #isPeersTurn = true;
  /** When this turn has begun enough, on the clock of `performance`. */
  #until = 0;
  #turnBegan: number | undefined;
  #nextTurn: NodeJS.Immediate | undefined;

  /** Calls `begin` when it is the asker's turn: at once, if nobody waits. */
  enter(asker: Asker, begin: () => void): void {
    const now = performance.now();
    if (this.#nextTurn === undefined) {
      this.#until = now + SHARE_MS;
      this.#awaitTurn();
    }
    if (this.#waiting === 0 && now < this.#until) return begin();
    this.#waiting += 1;
    if ('peer' in asker) this.#peers.add(asker.peer, begin);
    else this.#strangers.add(asker.connection, begin);
  }

  /** Lets nobody begin any more. */
  stop(): void {
    clearImmediate(this.#nextTurn);
  }

  #awaitTurn(): void {
    this.#nextTurn = setImmediate(() => {
      this.#turn();
    });
  }

  #turn(): void {
    const now = performance.now();
    const isLong = this.#turnBegan !== undefined && now - this.#turnBegan > LONG_TURN_MS;
    this.#nextTurn = undefined;
    this.#turnBegan = undefined;
    if (this.#waiting === 0) return;
    this.#turnBegan = now;
    this.#until = isLong ? now : now + SHARE_MS;
    this.#awaitTurn();
    this.#beginNext();
  }

  /** Begins one request after the other. What each does at once comes in between, and counts. */
  #beginNext(): void {
    const begin = this.#take();
    if (begin === undefined) return;
    this.#waiting -= 1;
    begin();
    if (performance.now() < this.#until) {
      queueMicrotask(() => {
        this.#beginNext();
      });
    }
  }

  #take(): (() => void) | undefined {
    this.#isPeersTurn = !this.#isPeersTurn;
    const [first, second] = this.#isPeersTurn ? [this.#peers, this.#strangers] : [this.#strangers, this.#peers];
    return first.take() ?? second.take();
  }
}
