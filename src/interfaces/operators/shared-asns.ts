import { originAs } from '../../core/bgp/packet/as-path.ts';
import type { Asn } from '../../core/bgp/packet/asn.ts';
import type { Speaker } from '../../core/bgp/state/state.ts';

/** Lifetime of a cached answer. A scan of a large table on every request would delay routing. */
const KEPT_MS = 1_000;

/** Finds ASNs of our servers that other organisations use too. Private ASNs are not unique (RFC 6996 §4). */
export class SharedAsns {
  readonly #speaker: Speaker;
  #found: readonly string[] = [];
  #foundAt = -Infinity;

  constructor(speaker: Speaker) {
    this.#speaker = speaker;
  }

  /** Returns one sentence per shared ASN. `now` is in milliseconds. */
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
    return `AS ${asn} is used by ${server} here and by a server behind a peer; as${asn}: selects ${server}. Give ${server} another asn.`;
  });
}
