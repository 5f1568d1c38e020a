import type { PeerSettings } from '../../core/bgp/state/peer-settings.ts';
import type { PeerId } from '../../core/bgp/rib/route.ts';
import { Intake, type Work } from './intake.ts';
import type { Link } from './link.ts';
import { ReadPaces } from './read-paces.ts';
import { Reader } from './reader.ts';

export interface IncomingOptions {
  readonly settingsOf: (peer: PeerId) => PeerSettings | undefined;
  /** Monotonic clock in milliseconds. */
  readonly now: () => number;
}

/** Limits for a peer that is no longer configured and whose link is about to be closed. */
const NOTHING = { maxBytes: 0, maxRoutes: 0 };

/** Messages that arrive over all links. They are processed piece by piece. Each peer is read at most at its pace. */
export class Incoming {
  readonly #options: IncomingOptions;
  readonly #intake = new Intake<Link>();
  readonly #readers = new Map<Link, Reader>();
  readonly #paces: ReadPaces;

  constructor(options: IncomingOptions) {
    this.#options = options;
    this.#paces = new ReadPaces((peer) => options.settingsOf(peer) !== undefined);
  }

  /** Starts to read a link. Pauses it at once if its peer has already exceeded its pace over another link. */
  open(peer: PeerId, link: Link): void {
    const { settingsOf, now } = this.#options;
    const pace = this.#paces.of(peer, settingsOf(peer) ?? NOTHING, now());
    const reader = new Reader({ link, pace, now });
    this.#readers.set(link, reader);
    reader.settle();
  }

  /** Adds a message of `bytes` bytes to the work of a link. */
  take(link: Link, bytes: number, { pieces, over }: Work): void {
    const reader = this.#readers.get(link);
    reader?.came(bytes);
    this.#intake.add(link, {
      pieces,
      over: () => {
        reader?.done();
        over();
      },
    });
    reader?.settle();
  }

  /** Calls `act` after everything that arrived over the link before. */
  after(link: Link, act: () => void): void {
    this.#intake.add(link, { pieces: once(act), over: () => undefined });
  }

  /** Drops the waiting messages of a link and stops reading it. */
  close(link: Link): void {
    this.#readers.get(link)?.stop();
    this.#readers.delete(link);
    this.#intake.drop(link);
  }

  /**
   * Returns the earliest time at which the hold timer of a link may expire. Time in which we do not read does not
   * count.
   */
  silentAt(link: Link, holdMs: number): number {
    return this.#readers.get(link)?.silentAt(holdMs) ?? -Infinity;
  }

  stop(): void {
    for (const link of [...this.#readers.keys()]) this.close(link);
    this.#intake.stop();
  }
}

function* once(act: () => void): Generator<void> {
  act();
  yield;
}
