import { describe, expect, it } from 'vitest';
import type { PathAttributes } from '../../../src/bgp/packet/attributes.ts';
import type { PeerSettings } from '../../../src/bgp/peer-settings.ts';
import type { SpeakerSettings } from '../../../src/bgp/state.ts';
import { policyOf, Router } from './support/router.ts';

const AGENT = 'weatherAgent';

/** A router with two external peers and one internal one. */
function router(
  settings: Partial<PeerSettings> = {},
  statements: Parameters<typeof policyOf>[0] = {},
  own: Partial<SpeakerSettings> = {},
): Router {
  const made = new Router({ policy: policyOf(statements), ...own });
  made.up('a', 65010, settings);
  made.up('b', 65020, settings);
  made.up('i', 65000, settings);
  return made;
}

function toldOf(made: Router, nlri = AGENT): string[] {
  return [...made.speaker.peers.keys()].filter((id) => made.peer(id).adjRibOut.has(nlri));
}

describe('what a peer is told', () => {
  it('is never what it said itself (split horizon)', () => {
    const made = router();
    made.announce('a', AGENT);
    expect(toldOf(made)).toEqual(['b', 'i']);
  });

  it('is never what has crossed its AS, by sequence or set', () => {
    const made = router();
    made.announce('a', 'one', { asPath: [65010, 65020] });
    made.announce('a', 'two', { asPath: [65010, [65020, 65030]] });
    expect(toldOf(made, 'one')).toEqual(['i']);
    expect(toldOf(made, 'two')).toEqual(['i']);
  });

  it('begins with our AS, once, outside our AS and is unchanged inside (RFC 4271 §5.1.2)', () => {
    const made = router();
    made.announce('a', AGENT);
    expect(made.adjRibOut('b')[AGENT]?.asPath).toEqual([65000, 65010]);
    expect(made.adjRibOut('i')[AGENT]?.asPath).toEqual([65010]);
  });

  it.each<[string, Partial<PathAttributes>, string[]]>([
    ['a path of 256 ASes', { asPath: [65010, ...Array<number>(255).fill(65090)] }, ['i']],
    [
      'a path whose sets make it so long',
      { asPath: [65010, Array.from({ length: 255 }, (_, at) => 70_000 + at)] },
      ['i'],
    ],
    ['an unknown attribute of 16 KiB', { unknown: { note: 'x'.repeat(16_384) } }, []],
    ['65 communities', { communities: Array.from({ length: 65 }, (_, at) => `${at}`.padStart(2, '0')) }, []],
    ['capabilities of 16 KiB', { capabilities: Array.from({ length: 64 }, (_, at) => `${at}`.padEnd(256, '-')) }, []],
  ])('is nothing that makes a message too large: %s (RFC 4271 §9.2)', (_what, attributes, told) => {
    const made = router();
    made.announce('a', AGENT);
    made.announce('a', AGENT, attributes);
    expect(made.best(AGENT)?.attributes).toMatchObject(attributes);
    expect(toldOf(made)).toEqual(told);
  });

  it('has no more communities than a message may have, also where policy adds them (RFC 4271 §9.2)', () => {
    const communities = Array.from({ length: 64 }, (_, at) => `c${at}`).sort();
    const made = router({}, { export: [{ match: { agentPrefixes: ['more*'] }, set: { addCommunities: ['added'] } }] });
    made.originate('more', { communities });
    made.originate('same', { communities });
    expect(toldOf(made, 'same')).not.toEqual([]);
    expect(toldOf(made, 'more')).toEqual([]);
  });

  it('names no ASN of a stub, however often import policy repeated it', () => {
    const made = router({}, { import: [{ set: { prependCount: 2 } }], export: [{ set: { prependCount: 1 } }] });
    made.originate(AGENT, { capabilities: ['weather'] });
    expect(made.best(AGENT)?.attributes.asPath).toEqual([65001, 65001, 65001]);
    for (const nlri of [AGENT, '~weather']) {
      expect(made.adjRibOut('a')[nlri]?.asPath).toEqual([65000, 65000]);
      expect(made.adjRibOut('i')[nlri]?.asPath).toEqual([65000]);
    }
  });

  it('repeats the neighbour on import and ourselves on export where policy prepends', () => {
    const made = router({}, { import: [{ set: { prependCount: 1 } }], export: [{ set: { prependCount: 2 } }] });
    made.announce('a', AGENT, { asPath: [65010, 65090] });
    expect(made.adjRibOut('b')[AGENT]?.asPath).toEqual([65000, 65000, 65000, 65010, 65010, 65090]);
  });

  it('carries our preference and marks only inside our AS (RFC 4271 §5.1.5, RFC 7454 §11)', () => {
    const made = router({}, { import: [{ set: { localPref: 300 } }] });
    const communities = ['internal', 'region:eu', 'server:server0'];
    made.originate(AGENT, { communities });
    expect(made.adjRibOut('a')[AGENT]).toMatchObject({ localPref: 100, communities: ['region:eu'] });
    expect(made.adjRibOut('i')[AGENT]).toMatchObject({ localPref: 300, communities });
  });

  it('has us as next hop (RFC 4271 §5.1.3)', () => {
    const made = router();
    made.originate(AGENT);
    made.announce('a', 'far');
    expect(made.adjRibOut('b')).toMatchObject({ [AGENT]: { nextHop: '' }, far: { nextHop: '' } });
  });

  it('has the next hop that we use where the peer is to use it too', () => {
    const made = router({ nextHop: 'unchanged' }, {}, { allowNextHops: ['http://far'] });
    made.originate(AGENT);
    made.announce('a', 'far', { nextHop: 'http://far' });
    expect(made.adjRibOut('b')).toMatchObject({
      [AGENT]: { nextHop: 'http://127.0.0.1:4111' },
      far: { nextHop: 'http://far' },
    });
    expect(made.adjRibOut('i')['far']?.nextHop).toBe('http://far');
  });

  it('leaves our AS only without no-export (RFC 1997 §2)', () => {
    const made = router();
    made.originate(AGENT, { communities: ['no-export'] });
    expect(toldOf(made)).toEqual(['i']);
  });

  it('leaves this router only without no-advertise (RFC 1997 §2)', () => {
    const made = router();
    made.originate(AGENT, { communities: ['no-advertise'] });
    expect(toldOf(made)).toEqual([]);
  });

  it('may carry a no-export that export policy has set for it', () => {
    const made = router({}, { export: [{ set: { addCommunities: ['no-export'] } }] });
    made.originate(AGENT);
    expect(made.adjRibOut('a')[AGENT]?.communities).toEqual(['no-export']);
  });

  it('is what export policy lets pass, by peer and by name', () => {
    const made = router({}, { export: [{ match: { peers: ['a'], agentPrefixes: ['pay*'] }, action: 'reject' }] });
    made.originate('payroll');
    made.originate('weather');
    expect(toldOf(made, 'payroll')).toEqual(['b', 'i']);
    expect(toldOf(made, 'weather')).toEqual(['a', 'b', 'i']);
  });

  it('is decided by the policy of the peer, if it has one', () => {
    const made = router({}, { export: [{ action: 'reject' }] });
    made.up('c', 65030, { policy: policyOf({}) });
    made.originate(AGENT);
    expect(toldOf(made)).toEqual(['c']);
  });

  it('is passed on with what this version does not know, and with the MED (RFC 4271 §5)', () => {
    const made = router();
    const attributes = { med: 325, unknown: { colour: 'red' }, performance: { responseTimeMs: 9, successRate: 1 } };
    made.announce('a', AGENT, attributes);
    expect(made.adjRibOut('b')[AGENT]).toMatchObject(attributes);
  });

  it('never depends on which of many routes with shared attributes comes first', () => {
    const made = router({}, { export: [{ match: { families: ['capability'] }, action: 'reject' }] });
    made.announce('a', ['one', '~cap', 'two']);
    made.originate('three', { capabilities: ['cap2'] });
    made.lose('b');
    made.up('b', 65020);
    expect(Object.keys(made.adjRibOut('b')).sort()).toEqual(['one', 'three', 'two']);
  });
});
