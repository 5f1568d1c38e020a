import type { Proof } from '../../core/bgp/packet/life.ts';
import type { Update } from '../../core/bgp/packet/message.ts';
import type { Nlri } from '../../core/bgp/packet/nlri.ts';

/** Largest number of entries that are applied in one piece. */
const MAX_ENTRIES = 250;

/**
 * Splits an UPDATE into parts with few entries each, in the order in which they are applied (RFC 4271 §9). A proof
 * stays with the route of its NLRI. If it were applied separately, a new route would be missing for a moment.
 */
export function* updateParts(update: Update): Generator<Update> {
  const { withdrawn, attributes, reach, proofs, endOfRib } = update;
  if (withdrawn.length + reach.length + proofs.length <= MAX_ENTRIES) {
    yield update;
    return;
  }
  const ends = new Map<Nlri, Proof[]>();
  for (const proof of proofs) {
    const others = ends.get(proof.nlri);
    if (others === undefined) ends.set(proof.nlri, [proof]);
    else others.push(proof);
  }
  const none = { type: 'update', withdrawn: [], reach: [], proofs: [] } as const;
  for (const part of chunks(withdrawn)) yield { ...none, withdrawn: part, proofs: taken(ends, part) };
  for (const part of chunks(reach)) {
    const ended = taken(
      ends,
      part.map(({ nlri }) => nlri),
    );
    yield { ...none, ...(attributes !== undefined && { attributes }), reach: part, proofs: ended };
  }
  for (const part of chunks([...ends.values()].flat())) yield { ...none, proofs: part };
  if (endOfRib !== undefined) yield { ...none, endOfRib };
}

function taken(ends: Map<Nlri, Proof[]>, nlris: readonly Nlri[]): readonly Proof[] {
  if (ends.size === 0) return [];
  return nlris.flatMap((nlri) => {
    const proofs = ends.get(nlri) ?? [];
    ends.delete(nlri);
    return proofs;
  });
}

function* chunks<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += MAX_ENTRIES) yield items.slice(at, at + MAX_ENTRIES);
}
