import { describe, expect, it } from 'vitest';
import { SharedAsns } from '../../../../src/interfaces/operators/shared-asns.ts';
import { Router } from '../../core/bgp/support/router.ts';

/** A router with a server of AS 65001 and a peer, and how often its Adj-RIB-In was walked through. */
function setUp() {
  const router = new Router();
  router.originate('own', {}, { id: 'server0', asn: 65_001 });
  router.up('peer', 65_010);
  const { adjRibIn } = router.peer('peer');
  const values = adjRibIn.values.bind(adjRibIn);
  const walks = { count: 0 };
  adjRibIn.values = () => {
    walks.count += 1;
    return values();
  };
  return { router, walks, shared: new SharedAsns(router.speaker) };
}

describe('AS numbers that servers share with other organisations', () => {
  it('are reported once each, and no others (RFC 6996 §4)', () => {
    const { router, shared } = setUp();
    router.announce('peer', ['theirs', 'also theirs'], { asPath: [65_010, 65_001] });
    router.announce('peer', 'another', { asPath: [65_010] });
    expect(shared.warnings(0)).toEqual([
      'AS 65001 is used by server0 here and by a server behind a peer; as65001: selects server0. Give server0 another asn.',
    ]);
  });

  it('are searched at most once a second', () => {
    const { router, walks, shared } = setUp();
    for (let now = 0; now < 1_000; now += 10) shared.warnings(now);
    expect(walks.count).toBe(1);
    router.announce('peer', 'theirs', { asPath: [65_010, 65_001] });
    expect(shared.warnings(999)).toEqual([]);
    expect(shared.warnings(1_000)).toHaveLength(1);
  });
});
