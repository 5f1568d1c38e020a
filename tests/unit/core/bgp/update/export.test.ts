import { describe, expect, it } from 'vitest';
import type { PathAttributes } from '../../../../../src/core/bgp/packet/attributes.ts';
import type { PeerSettings } from '../../../../../src/core/bgp/state/peer-settings.ts';
import type { SpeakerSettings } from '../../../../../src/core/bgp/state/state.ts';
import { policyOf, Router } from '../support/router.ts';

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

  it('is never an agent of ours whose id it would not read', () => {
    const made = router();
    for (const id of ['one two three four five', 'a  b', 'a'.repeat(129)]) {
      made.originate(id);
      expect(toldOf(made, id)).toEqual([]);
    }
    for (const id of ['one two three four', 'a'.repeat(128)]) {
      made.originate(id);
      expect(toldOf(made, id)).toEqual(['a', 'b', 'i']);
    }
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

describe('an agent of our own whose id a peer would have to refuse', () => {
  it.each([
    ['as65001:x', 'x'],
    ['x', 'as65001:x'],
  ])('is not told, whichever of %s and %s comes first', (first, second) => {
    const made = router();
    made.originate(first, { capabilities: ['server0:do'] });
    made.originate(second);
    expect(toldOf(made, 'x')).toEqual(['a', 'b', 'i']);
    expect(toldOf(made, 'as65001:x')).toEqual([]);
    expect(toldOf(made, '~server0:do')).toEqual([]);
    made.lose('b');
    made.up('b', 65020);
    expect(Object.keys(made.adjRibOut('b'))).toEqual(['x']);
  });
});

describe('a capability that a peer is told of', () => {
  const PATH = 'finance/payroll';
  const NLRI = `~${PATH}`;
  const hidesFromB = { export: [{ match: { agentPrefixes: ['payroll'], peers: ['b'] }, action: 'reject' }] } as const;

  const communitiesOf = (made: Router, peer: string, nlri = NLRI) => made.adjRibOut(peer)[nlri]?.communities;

  describe('and that our own agents have', () => {
    const payroll = { capabilities: [PATH], communities: ['secret'], originTime: 1 };
    const clerk = { capabilities: [PATH], communities: ['public'], med: 50, originTime: 2 };

    it('has the attributes of the best agent that the peer may know (RFC 4271 §9.1.3)', () => {
      const made = router({}, hidesFromB);
      made.originate('payroll', payroll);
      made.originate('clerk', clerk);
      expect(communitiesOf(made, 'a')).toEqual(['secret']);
      expect(communitiesOf(made, 'b')).toEqual(['public']);
      expect(made.adjRibOut('b')[NLRI]).toMatchObject({ med: 50, asPath: [65000] });
    });

    it('is not told where the peer may know none of them', () => {
      const made = router({}, hidesFromB);
      made.originate('payroll', payroll);
      expect(toldOf(made, NLRI)).toEqual(['a', 'i']);
    });

    it('leaves our AS with the attributes of the agent that may leave it (RFC 1997 §2)', () => {
      const made = router();
      made.originate('payroll', { ...payroll, communities: ['no-export'] });
      made.originate('clerk', clerk);
      expect(communitiesOf(made, 'a')).toEqual(['public']);
      expect(communitiesOf(made, 'i')).toEqual(['no-export']);
      made.originate('clerk', { ...clerk, communities: ['no-advertise'] });
      expect(toldOf(made, NLRI)).toEqual(['i']);
    });

    it('is told again, or taken back, when agents behind it come, change and go', () => {
      const made = router({}, hidesFromB);
      made.originate('payroll', payroll);
      made.originate('clerk', clerk);
      made.originate('clerk', { ...clerk, communities: ['newer'] });
      expect(communitiesOf(made, 'b')).toEqual(['newer']);
      expect(communitiesOf(made, 'a')).toEqual(['secret']);
      made.end('clerk');
      expect(toldOf(made, NLRI)).toEqual(['a', 'i']);
      made.originate('clerk', { ...clerk, capabilities: ['other'] });
      expect(toldOf(made, NLRI)).toEqual(['a', 'i']);
      made.originate('clerk', clerk);
      expect(toldOf(made, NLRI)).toEqual(['a', 'b', 'i']);
      made.end('payroll');
      expect(communitiesOf(made, 'b')).toEqual(['public']);
    });

    it('follows the policy when that changes', () => {
      const made = router();
      made.originate('payroll', payroll);
      made.originate('clerk', clerk);
      expect(communitiesOf(made, 'b')).toEqual(['secret']);
      made.event({ type: 'PolicyReplaced', policy: policyOf(hidesFromB) });
      expect(communitiesOf(made, 'b')).toEqual(['public']);
      made.event({ type: 'PolicyReplaced', policy: policyOf({}) });
      expect(communitiesOf(made, 'b')).toEqual(['secret']);
    });
  });

  describe('and that agents of another peer have', () => {
    const secret = { capabilities: [PATH], communities: ['secret'] };
    const open = { capabilities: [PATH], communities: ['public'], med: 50 };

    /** What `a` tells, in an order of its own. */
    function carrying(statements: Parameters<typeof policyOf>[0], settings: Partial<PeerSettings> = {}): Router {
      const made = router(settings, statements);
      made.announce('a', ['payroll', NLRI], secret);
      made.announce('a', 'clerk', open);
      return made;
    }

    it('is told as it came where nothing here could be against any of them', () => {
      expect(communitiesOf(carrying({}), 'b')).toEqual(['secret']);
      expect(communitiesOf(carrying(hidesFromB), 'i')).toEqual(['secret']);
    });

    it('has the attributes of the best that the peer may know, and is taken back with the last', () => {
      const made = carrying(hidesFromB);
      expect(made.adjRibOut('b')[NLRI]).toMatchObject({ communities: ['public'], med: 50, asPath: [65000, 65010] });
      made.announce('a', 'clerk', { ...open, communities: ['newer'] });
      expect(communitiesOf(made, 'b')).toEqual(['newer']);
      made.withdraw('a', 'clerk');
      expect(toldOf(made, NLRI)).toEqual(['i']);
    });

    it.each([
      ['import policy denies', { import: [{ match: { agentPrefixes: ['payroll'] }, action: 'reject' }] }],
      ['carries no-export', {}],
    ] as const)('is made without one that %s', (_, statements) => {
      const made = carrying(statements);
      if (!('import' in statements)) made.announce('a', 'payroll', { ...secret, communities: ['no-export'] });
      expect(communitiesOf(made, 'b')).toEqual(['public']);
    });

    it('never has what it came with from an agent that is not there any more or not yet', () => {
      const made = carrying(hidesFromB);
      made.withdraw('a', 'payroll');
      expect(communitiesOf(made, 'b')).toEqual(['public']);
      made.announce('a', NLRI, open);
      made.announce('a', NLRI, secret);
      expect(communitiesOf(made, 'b')).toEqual(['public']);
      const said = JSON.stringify(made.messages('b'));
      expect(said).toContain('public');
      expect(said).not.toContain('secret');
    });

    it('is not told where the peer has told nothing of them and policy could be against one', () => {
      const made = router({}, hidesFromB);
      made.announce('a', NLRI, secret);
      expect(toldOf(made, NLRI)).toEqual(['i']);
      made.announce('a', 'clerk', open);
      expect(communitiesOf(made, 'b')).toEqual(['public']);
    });

    it('is made of agents of the origin that it has itself', () => {
      const made = router({}, hidesFromB);
      made.announce('a', NLRI, { ...secret, asPath: [65010, 65011] });
      made.announce('a', 'payroll', { ...secret, asPath: [65010, 65011] });
      made.announce('a', 'clerk', { ...open, asPath: [65010, 65012] });
      expect(toldOf(made, NLRI)).toEqual(['i']);
    });

    it('hides the one among very many, wherever it stands', () => {
      const made = router();
      const many = Array.from({ length: 100 }, (_, at) => `agent-${at}`);
      made.announce('a', many, open);
      made.announce('a', [NLRI, 'payroll'], { ...secret, med: 1 });
      made.announce('a', 'payroll', { ...secret, communities: ['no-export', 'secret'] });
      expect(communitiesOf(made, 'b')).toEqual(['public']);
    });
  });

  describe('and that sums up others', () => {
    const aggregates = [{ nlri: '~coding', summaryOnly: true }];
    const hidden = { export: [{ match: { agentPrefixes: ['pia'], peers: ['b'] }, action: 'reject' }] } as const;

    it('sums up what the peer may know', () => {
      const made = router({}, hidden, { aggregates });
      made.originate('pia', { capabilities: ['coding/python'], communities: ['secret'], med: 1 });
      expect(toldOf(made, '~coding')).toEqual(['a', 'i']);
      made.originate('tess', { capabilities: ['coding/typescript'], communities: ['public'], med: 50 });
      expect(made.adjRibOut('b')['~coding']).toMatchObject({ communities: ['public'], med: 50 });
      expect(made.adjRibOut('a')['~coding']).toMatchObject({ communities: ['public', 'secret'], med: 1 });
      made.end('tess');
      expect(toldOf(made, '~coding')).toEqual(['a', 'i']);
    });

    it('sums up what the peer may know also when the best route to a part becomes the peer’s own', () => {
      const made = router({}, undefined, { aggregates });
      made.originate('clerk', { capabilities: ['coding'] });
      made.announce('b', '~coding/go', { asPath: [65020, 65020] });
      expect(made.adjRibOut('i')['~coding']?.asPath).toEqual([[65020]]);
      made.announce('i', '~coding/go', { asPath: [65020] });
      expect(made.adjRibOut('i')['~coding']?.asPath).toEqual([]);
    });

    it('and was made by another router, sums up what the peer may know of that, as far as the other router has told', () => {
      const made = router({}, hidden);
      const told = { aggregate: true, asPath: [65010, [65011, 65012]] } as const;
      made.announce('a', '~coding', { ...told, communities: ['public', 'secret'], med: 1 });
      expect(toldOf(made, '~coding')).toEqual(['i']);
      made.announce('a', 'pia', { capabilities: ['coding/python'], communities: ['secret'], med: 1 });
      expect(toldOf(made, '~coding')).toEqual(['i']);
      made.announce('a', 'tess', { capabilities: ['coding/typescript'], communities: ['public'], med: 50 });
      expect(made.adjRibOut('b')['~coding']).toMatchObject({
        aggregate: true,
        asPath: [65000, [65010]],
        communities: ['public'],
        med: 50,
      });
      made.announce('a', 'rusty', { capabilities: ['coding/rust'], asPath: [65010, 65012] });
      expect(made.adjRibOut('b')['~coding']?.asPath).toEqual([65000, [65010, 65012]]);
      expect(made.adjRibOut('i')['~coding']?.communities).toEqual(['public', 'secret']);
      made.withdraw('a', 'tess', 'rusty');
      expect(toldOf(made, '~coding')).toEqual(['i']);
    });
  });
});
