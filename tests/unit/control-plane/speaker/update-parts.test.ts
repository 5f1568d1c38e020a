import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Update } from '../../../../src/core/bgp/packet/message.ts';
import { updateParts } from '../../../../src/control-plane/speaker/update-parts.ts';
import { Router } from '../../core/bgp/support/router.ts';

const MOST = 250;
const names = (kind: string, count: number) => Array.from({ length: count }, (_, at) => `${kind}${at}`);
const proofOf = (nlri: string) => ({ nlri, secret: 's', life: `life of ${nlri}` });

const update = fc
  .record({
    withdrawn: fc.nat(600),
    reach: fc.nat(600),
    proofs: fc.tuple(fc.nat(600), fc.nat(600), fc.nat(600)),
    endOfRib: fc.constantFrom('agent' as const, undefined),
  })
  .map(({ withdrawn, reach, proofs: [ofWithdrawn, ofReach, others], endOfRib }): Update => {
    const [gone, come] = [names('gone', withdrawn), names('come', reach)];
    const proved = [...gone.slice(0, ofWithdrawn), ...come.slice(0, ofReach), ...names('other', others)];
    return {
      type: 'update',
      withdrawn: gone,
      reach: come.map((nlri) => ({ nlri, life: `new ${nlri}` })),
      proofs: proved.map(proofOf),
      ...(reach > 0 && {
        attributes: {
          asPath: [65010],
          nextHop: '',
          localPref: 100,
          med: 0,
          communities: [],
          capabilities: [],
          originTime: 1,
        },
      }),
      ...(endOfRib !== undefined && { endOfRib }),
    };
  });

describe('a long UPDATE in parts', () => {
  it('has the same entries, few per part, with End-of-RIB last', () => {
    fc.assert(
      fc.property(update, (whole) => {
        const parts = [...updateParts(whole)];
        expect(parts.flatMap(({ withdrawn }) => withdrawn)).toEqual(whole.withdrawn);
        expect(parts.flatMap(({ reach }) => reach)).toEqual(whole.reach);
        expect(new Set(parts.flatMap(({ proofs }) => proofs))).toEqual(new Set(whole.proofs));
        for (const { withdrawn, reach, proofs, attributes } of parts) {
          expect(withdrawn.length + reach.length).toBeLessThanOrEqual(MOST);
          expect(proofs.length).toBeLessThanOrEqual(MOST);
          if (reach.length > 0) expect(attributes).toBe(whole.attributes);
        }
        expect(parts.flatMap(({ endOfRib }, at) => (endOfRib === undefined ? [] : [at]))).toEqual(
          whole.endOfRib === undefined ? [] : [parts.length - 1],
        );
      }),
      { numRuns: 50 },
    );
  });

  it('keeps a route together with its proof', () => {
    const reach = names('n', 600).map((nlri) => ({ nlri }));
    const proofs = reach.map(({ nlri }) => proofOf(nlri)).reverse();
    for (const part of updateParts({ type: 'update', withdrawn: [], reach, proofs })) {
      expect(new Set(part.proofs.map(({ nlri }) => nlri))).toEqual(new Set(part.reach.map(({ nlri }) => nlri)));
    }
  });

  it('leads to the same tables as the whole UPDATE', () => {
    fc.assert(
      fc.property(fc.array(update, { maxLength: 3 }), (updates) => {
        const [whole, inParts] = [new Router(), new Router()];
        for (const router of [whole, inParts]) {
          router.up('a', 65010);
          router.up('b', 65020);
        }
        for (const said of updates) {
          whole.update('a', said);
          for (const part of updateParts(said)) inParts.update('a', part);
        }
        const routesOf = (router: Router) => [...router.speaker.locRib.entries()].map(({ nlri, best }) => [nlri, best]);
        expect(routesOf(inParts).sort()).toEqual(routesOf(whole).sort());
        expect(inParts.adjRibOut('b')).toEqual(whole.adjRibOut('b'));
      }),
      { numRuns: 10 },
    );
  });
});
