import { beforeEach, describe, expect, it } from 'vitest';
import { MAX_NLRI_AT_ONCE, MAX_NLRI_PER_UPDATE } from '../../../../../src/core/bgp/update/dissemination.ts';
import type { Update } from '../../../../../src/core/bgp/packet/message.ts';
import { Network } from '../support/network.ts';
import { Router } from '../support/router.ts';

const AGENT = 'weatherAgent';

describe('two routers', () => {
  let network: Network;

  beforeEach(() => {
    network = new Network();
    network.add('a', { asn: 65000 });
    network.add('b', { asn: 65010 });
    network.originate('a', AGENT, { capabilities: ['weather'] });
    network.link('a', 'b');
  });

  it('exchange what they know when their session comes up, and say when that is all (RFC 4724 §2)', () => {
    expect(network.best('b', AGENT)?.attributes).toMatchObject({ asPath: [65000], nextHop: 'http://a' });
    expect(network.best('b', '~weather')?.attributes.asPath).toEqual([65000]);
    const ends = network.sent.flatMap(({ from, message }) =>
      from === 'a' && message.type === 'update' && message.endOfRib !== undefined ? message.endOfRib : [],
    );
    expect(ends).toEqual(['agent', 'capability']);
  });

  it('keep the ASNs of their stubs to themselves', () => {
    expect(network.best('a', AGENT)?.attributes.asPath).toEqual([65001]);
    expect(network.updates('a', 'b')[0]?.attributes?.asPath).toEqual([65000]);
  });

  it('tell each other of a withdrawal', () => {
    network.end('a', AGENT);
    network.run();
    expect(network.best('b', AGENT)).toBeUndefined();
    expect(network.speaker('b').locRib.size).toBe(0);
  });
});

describe('the updates to a peer (RFC 4271 §4.3)', () => {
  let router: Router;
  const many = Array.from({ length: MAX_NLRI_PER_UPDATE * 2 + 1 }, (_, at) => `agent-${at}`);

  beforeEach(() => {
    router = new Router();
    router.up('a', 65010);
    router.up('b', 65020);
  });

  it('pack what shares its attributes, by no more than a message may carry', () => {
    router.announce('a', many);
    const told = router.told('b');
    expect(told.map(({ reach }) => reach.length)).toEqual([MAX_NLRI_PER_UPDATE, MAX_NLRI_PER_UPDATE, 1]);
    expect(told.flatMap(({ reach }) => reach.map(({ nlri }) => nlri))).toEqual(many);
    expect(new Set(told.map(({ attributes }) => attributes)).size).toBe(1);
    router.withdraw('a', ...many);
    expect(router.told('b').map(({ withdrawn }) => withdrawn.length)).toEqual([
      MAX_NLRI_PER_UPDATE,
      MAX_NLRI_PER_UPDATE,
      1,
    ]);
  });

  it('carry each proof beside the route that it ends', () => {
    const reach = many.map((nlri) => ({ nlri, life: `life of ${nlri}` }));
    router.announce('a', 'first');
    router.update('a', { attributes: router.heard('a', 'first')!.received, reach });
    router.told('b');
    const proofs = reach.map(({ nlri, life }) => ({ nlri, secret: 's', life }));
    router.update('a', { withdrawn: many, proofs });
    for (const update of router.told('b')) {
      expect(update.proofs.map(({ nlri }) => nlri)).toEqual(update.withdrawn);
    }
  });

  it('come apart by attributes, withdrawals first', () => {
    router.up('c', 65030, { advertisementIntervalMs: 1_000 });
    router.announce('a', 'gone');
    router.announce('a', 'keep', { med: 1 });
    router.wait(1_000);
    router.told('c');
    router.announce('a', 'keep', { med: 3 });
    router.announce('a', 'other', { med: 2 });
    router.withdraw('a', 'gone');
    router.wait(1_000);
    expect(router.told('c')).toMatchObject([
      { withdrawn: ['gone'], reach: [] },
      { withdrawn: [], reach: [{ nlri: 'keep' }], attributes: { med: 3 } },
      { withdrawn: [], reach: [{ nlri: 'other' }], attributes: { med: 2 } },
    ]);
  });

  it('tell a label that changed, and nothing where nothing changed', () => {
    router.originate(AGENT);
    router.told('a');
    router.originate(AGENT);
    expect(router.told('a')).toEqual([]);
    router.originate(AGENT, { label: { name: 'Weather', description: 'knows the weather' } });
    expect(router.told('a')).toMatchObject([{ reach: [{ nlri: AGENT, label: { name: 'Weather' } }] }]);
  });

  it('say nothing of lives to who does not understand them', () => {
    router.up('c', 65030, {}, { proofs: false });
    router.originate(AGENT);
    expect(router.told('c')[0]?.reach).toEqual([{ nlri: AGENT, label: { name: AGENT, description: '' } }]);
    router.end(AGENT);
    expect(router.told('c')).toMatchObject([{ withdrawn: [AGENT], proofs: [] }]);
    expect(router.told('b').at(-1)?.proofs).toHaveLength(1);
  });
});

describe('a table that is larger than what a peer is told at once', () => {
  const more = Array.from({ length: MAX_NLRI_AT_ONCE * 2 + 1 }, (_, at) => `agent-${at}`);
  let router: Router;

  beforeEach(() => {
    router = new Router();
    router.up('a', 65010);
    router.announce('a', more);
    router.automatic = false;
    router.up('b', 65020, { advertisementIntervalMs: 10_000 });
    router.messages('b');
  });

  /** The end of one turn, and what the peer is told with it. */
  const turn = () => {
    router.wait(0, 1);
    return router.messages('b').filter((message) => message.type === 'update');
  };
  const count = (updates: readonly Update[]) => updates.reduce((sum, { reach }) => sum + reach.length, 0);

  it('goes in parts that do not wait for the interval, and its end comes last (RFC 4724 §2)', () => {
    const parts = [turn(), turn(), turn(), turn()];
    expect(parts.map(count)).toEqual([MAX_NLRI_AT_ONCE, MAX_NLRI_AT_ONCE, 1, 0]);
    expect(parts.map((part) => part.flatMap(({ endOfRib }) => endOfRib ?? []))).toEqual([
      [],
      [],
      ['agent', 'capability'],
      [],
    ]);
    expect(parts.flat().flatMap(({ reach }) => reach.map(({ nlri }) => nlri))).toEqual(more);
  });

  it('is told as it is when its part goes, and what changed after that once more', () => {
    turn();
    router.announce('a', ['agent-0', more.at(-1)!], { med: 25 });
    router.withdraw('a', 'agent-1', more.at(-2)!);
    // One of the turns is that of the peer which said so.
    const rest = [turn(), turn(), turn()].flat();
    const told = (nlri: string) =>
      rest.flatMap(({ reach, attributes }) => (reach.some((one) => one.nlri === nlri) ? attributes?.med : []));
    expect([told('agent-0'), told(more.at(-1)!), told(more.at(-2)!)]).toEqual([[25], [25], []]);
    expect(rest.flatMap(({ withdrawn }) => withdrawn)).toEqual(['agent-1']);
    expect(rest.at(-1)?.endOfRib).toBe('capability');
  });

  it('is told whole again to a peer that asks for it (RFC 2918 §4)', () => {
    while (turn().length > 0);
    router.receive('b', { type: 'route-refresh', family: 'agent' });
    router.wait(10_000, 1);
    expect(count([...router.told('b'), ...turn(), ...turn()])).toBe(more.length);
  });
});

describe('with an advertisement interval (RFC 4271 §9.2.1.1)', () => {
  let router: Router;

  beforeEach(() => {
    router = new Router();
    router.up('a', 65010, { advertisementIntervalMs: 10_000 });
    router.up('b', 65020);
    router.originate('first');
    router.messages('a');
    router.messages('b');
  });

  const attributesTold = () =>
    router.told('a').map(({ withdrawn, reach }) => [withdrawn, reach.map(({ nlri }) => nlri)]);

  it('a peer is told at once after a long silence, then not before the interval is over', () => {
    router.wait(10_000);
    router.originate('second');
    expect(attributesTold()).toEqual([[[], ['second']]]);
    router.wait(4_000);
    router.originate('third');
    router.wait(5_999);
    expect(attributesTold()).toEqual([]);
    router.wait(1);
    expect(attributesTold()).toEqual([[[], ['third']]]);
  });

  it('others are not kept waiting', () => {
    router.originate('second');
    expect(router.told('b')).toHaveLength(1);
    expect(router.told('a')).toEqual([]);
  });

  it('all that happened in between is told once, as it ended', () => {
    for (const med of [25, 50, 75]) router.originate('second', { med });
    router.originate('third');
    router.end('third');
    router.end('first');
    router.originate('first', { med: 100 });
    router.wait(10_000);
    const told = router.told('a');
    expect(told.flatMap(({ withdrawn }) => withdrawn)).toEqual([]);
    expect(told.map(({ attributes, reach }) => [attributes?.med, ...reach.map(({ nlri }) => nlri)])).toEqual([
      [75, 'second'],
      [100, 'first'],
    ]);
    expect(told.flatMap(({ proofs }) => proofs.map(({ nlri }) => nlri))).toEqual(['first']);
  });

  it('what came and went leaves nothing behind', () => {
    for (let at = 0; at < 1_000; at++) {
      router.originate(`fleeting-${at}`);
      router.end(`fleeting-${at}`);
    }
    expect(router.peer('a').pending.size).toBe(0);
    router.wait(10_000);
    expect(router.told('a')).toEqual([]);
  });

  it('a turn in which the peer was told nothing costs it no time', () => {
    router.wait(10_000);
    router.announce('a', 'its own');
    expect(router.told('a')).toEqual([]);
    router.originate('second');
    expect(router.told('a')).toHaveLength(1);
  });

  it('an interval that is taken away ends with the one that runs', () => {
    router.originate('second');
    router.configure('a', 65010, {});
    router.wait(10_000);
    router.messages('a');
    router.originate('third');
    expect(router.told('a')).toHaveLength(1);
  });
});
