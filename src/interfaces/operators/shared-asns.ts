import { originAs } from '../../core/bgp/packet/as-path.ts';
import type { Asn } from '../../core/bgp/packet/asn.ts';
import type { Speaker } from '../../core/bgp/state/state.ts';

/** How long an answer stands: to look through a large table for every request would leave no time for routing. */
const KEPT_MS = 1_000;

/** AS numbers of servers here that somebody else has too: private ones may be used by anyone (RFC 6996 §4). */
export class SharedAsns {
  readonly #speaker: Speaker;
  #found: readonly string[] = [];
  #foundAt = -Infinity;

  constructor(speaker: Speaker) {
    this.#speaker = speaker;
  }

  /** What an operator should know of them at a time in milliseconds, one sentence each. */
  warnings(now: number): readonly string[] {
    if (now - this.#foundAt >= KEPT_MS) {
      this.#found = sharedAsns(this.#speaker);
      this.#foundAt = now;
    }
    return this.#found;
  }
}

function sharedAsns(speaker: Speaker): string[] {
  const servers = new Map([...speaker.stubs.values()].map(({ stub }) => [stub.asn, stub.id]));
  const shared = new Set<Asn>();
  for (const { adjRibIn } of speaker.peers.values()) {
    for (const { received } of adjRibIn.values()) {
      const asn = originAs(received.asPath);
      if (asn !== undefined && servers.has(asn)) shared.add(asn);
    }
  }
  return [...shared].map((asn) => {
    const server = servers.get(asn);
    return `AS ${asn} is that of ${server} here and of somebody else: as${asn}: names ${server}. Give ${server} another asn.`;
  });
}
