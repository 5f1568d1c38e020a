import type { PeerSettings } from '../../core/bgp/state/peer-settings.ts';
import type { PeerId } from '../../core/bgp/rib/route.ts';
import { Intake, type Work } from './intake.ts';
import type { Link } from './link.ts';
import { ReadPaces } from './read-paces.ts';
import { Reader } from './reader.ts';

export interface IncomingOptions {
  readonly settingsOf: (peer: PeerId) => PeerSettings | undefined;
  /** Milliseconds that never go back. */
  readonly now: () => number;
}

/** Where a peer stands that is not configured any more, and whose link is about to be closed. */
const NOTHING = { maxBytes: 0, maxRoutes: 0 };

/** What comes over all links: taken in piece by piece, and read only as fast as each peer may speak. */
export class Incoming {
  readonly #options: IncomingOptions;
  readonly #intake = new Intake<Link>();
  readonly #readers = new Map<Link, Reader>();
  readonly #paces: ReadPaces;

  constructor(options: IncomingOptions) {
    this.#options = options;
    this.#paces = new ReadPaces((peer) => options.settingsOf(peer) !== undefined);
  }

  /** Begins with a link that is open: not at once where its peer has already said too much over another one. */
  open(peer: PeerId, link: Link): void {
    const { settingsOf, now } = this.#options;
    const pace = this.#paces.of(peer, settingsOf(peer) ?? NOTHING, now());
    const reader = new Reader({ link, pace, now });
    this.#readers.set(link, reader);
    reader.settle();
  }

  /** A message of so many bytes has come. */
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

  /** Does something when all is done that has come over a link before. */
  after(link: Link, act: () => void): void {
    this.#intake.add(link, { pieces: once(act), over: () => undefined });
  }

  /** Drops what waits, and paces the link no more. */
  close(link: Link): void {
    this.#readers.get(link)?.stop();
    this.#readers.delete(link);
    this.#intake.drop(link);
  }

  /** When the peer of a link is silent by its own fault: the time does not run while we do not read. */
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
