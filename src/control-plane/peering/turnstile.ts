import type { PeerId } from '../../core/bgp/rib/route.ts';
import { FairQueue } from './fair-queue.ts';

/** Time for beginning requests in one turn of the event loop, in milliseconds. */
const SHARE_MS = 4;

/**
 * Length of a turn after which only one request begins in the next turn, in milliseconds. Work of earlier requests
 * makes turns long.
 */
const LONG_TURN_MS = 12;

/** Sender of a request: the peer whose session it names, or else its connection. */
export type Asker = { readonly peer: PeerId } | { readonly connection: object };

/**
 * Begins requests one after the other. The time for it in one turn of the event loop is limited, so that our own calls
 * get theirs. Peers and strangers take turns. So do peers with each other, and connections of strangers.
 */
export class Turnstile {
  readonly #peers = new FairQueue<PeerId, () => void>();
  readonly #strangers = new FairQueue<object, () => void>();
  #waiting = 0;
  #isPeersTurn = true;
  /** Time at which this turn stops beginning requests, on the clock of `performance`. */
  #until = 0;
  #turnBegan: number | undefined;
  #nextTurn: NodeJS.Immediate | undefined;

  /** Calls `begin` at the turn of the asker, or at once if no request waits and this turn has time left. */
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

  /** Begins no more waiting requests. */
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

  /** Begins waiting requests one after the other. The microtasks of each run in between, and their time counts. */
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
