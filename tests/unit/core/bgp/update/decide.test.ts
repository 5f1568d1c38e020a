import { beforeEach, describe, expect, it } from 'vitest';
import { HOLD_DOWN_MS } from '../../../../../src/core/bgp/update/decide.ts';
import { destination, explain } from '../../../../../src/core/bgp/view.ts';
import { policyOf, Router } from '../support/router.ts';

const AGENT = 'weatherAgent';

describe('a route in dispute', () => {
  let router: Router;
  let med = 500;

  beforeEach(() => {
    router = new Router();
    for (const [at, id] of ['a', 'b', 'c'].entries()) {
      router.up(id, 65010 + at, { holdTimeSeconds: 0 });
      router.announce(id, AGENT, { med: 900 });
    }
  });

  /** The best route moves back and forth: each time another peer has the lowest MED. */
  const move = (times: number, apartMs = 1) => {
    for (let at = 0; at < times; at++) {
      med -= 1;
      router.announce(via() === 'a' ? 'b' : 'a', AGENT, { med: med < 10 ? (med = 499) : med });
      router.wait(apartMs);
    }
  };
  const via = () => {
    const source = router.best(AGENT)?.source;
    return source?.kind === 'peer' ? source.id : undefined;
  };
  const held = () => destination(router.speaker, AGENT)?.heldUntil;
  const holds = () => router.effects.flatMap((effect) => (effect.type === 'DisputeHeld' ? effect.untilMs : []));

  it('is not one that moves twenty times a minute', () => {
    move(20);
    expect(held()).toBeUndefined();
  });

  it('is not one that moves often, but slowly', () => {
    move(60, 3_000);
    expect(held()).toBeUndefined();
  });

  it('stays where it is after the twenty-first move, and explain says so', () => {
    move(21);
    expect(held()).toBe(router.now - 1 + HOLD_DOWN_MS);
    const before = via();
    const other = before === 'a' ? 'b' : 'a';
    router.announce(other, AGENT, { med: 1 });
    expect(via()).toBe(before);
    const found = destination(router.speaker, AGENT)!;
    expect(explain(router.speaker, found)).toMatchObject([
      { route: { source: { id: 'c' } }, reason: 'med' },
      { route: { source: { id: other } }, reason: 'held-down' },
    ]);
  });

  it('follows what its present peer says of it', () => {
    move(21);
    const before = via()!;
    router.announce(before, AGENT, { med: 950 });
    expect(via()).toBe(before);
    expect(router.best(AGENT)?.attributes.med).toBe(950);
  });

  it('moves as soon as its present route cannot be used', () => {
    move(21);
    const before = via()!;
    router.withdraw(before, AGENT);
    expect(via()).not.toBe(before);
    expect(via()).toBeDefined();
  });

  it('is decided again when the time is over', () => {
    move(21);
    const other = via() === 'a' ? 'b' : 'a';
    router.announce(other, AGENT, { med: 1 });
    router.wait(HOLD_DOWN_MS);
    expect(via()).toBe(other);
  });

  it('is held twice as long each time, up to a limit, and begins anew after a long peace', () => {
    for (let times = 0; times < 10; times++) {
      move(21);
      router.wait((held() ?? 0) - router.now);
    }
    const until = holds();
    const lengths = until.map((at, index) => at - (index === 0 ? at - HOLD_DOWN_MS : until[index - 1]!));
    expect(lengths.slice(0, 4).map((ms) => Math.round(ms / 1_000))).toEqual([5, 10, 20, 40]);
    expect(Math.round((lengths.at(-1) ?? 0) / 1_000)).toBe(640);
    router.wait(700_000);
    move(21);
    expect(Math.round(((held() ?? 0) - router.now) / 1_000)).toBe(5);
  });

  it('is no other one', () => {
    router.announce('a', 'calm');
    router.announce('b', 'calm', { med: 25 });
    move(21);
    router.announce('b', 'calm', { med: 0, asPath: [65011, 1] });
    router.announce('a', 'calm', { med: 0 });
    expect(destination(router.speaker, 'calm')?.heldUntil).toBeUndefined();
  });

  it('that is gone before its time is over is forgotten', () => {
    move(21);
    for (const id of ['a', 'b', 'c']) router.withdraw(id, AGENT);
    router.wait(HOLD_DOWN_MS);
    expect(router.speaker.locRib.size).toBe(0);
  });
});

describe('a next hop that breaks', () => {
  const broken = 'http://a';
  let router: Router;

  beforeEach(() => {
    router = new Router();
    router.up('a', 65010);
    router.up('b', 65020);
    router.announce('a', [AGENT, 'only']);
    router.announce('b', AGENT, { med: 500 });
    router.event({ type: 'NextHopChanged', nextHop: broken, usable: false });
  });

  it('is left where there is another', () => {
    expect(router.best(AGENT)?.source).toMatchObject({ id: 'b' });
  });

  it('is kept where there is none', () => {
    expect(router.best('only')?.source).toMatchObject({ id: 'a' });
  });

  it('is taken again when it works', () => {
    router.event({ type: 'NextHopChanged', nextHop: broken, usable: true });
    expect(router.best(AGENT)?.source).toMatchObject({ id: 'a' });
    expect(router.speaker.unusableNextHops.size).toBe(0);
  });
});

describe('a new policy', () => {
  it('may change the order of the decision, and all is decided anew', () => {
    const router = new Router();
    router.up('a', 65010);
    router.up('b', 65020);
    router.up('c', 65030);
    router.announce('a', AGENT, { originTime: 1, med: 500 });
    router.announce('b', AGENT, { originTime: 2, med: 25 });
    router.told('c');
    expect(router.best(AGENT)?.source).toMatchObject({ id: 'b' });
    const decision = ['local-pref', 'as-path', 'origin-time', 'med'] as const;
    const rest = { decision: [...decision, 'originator-id', 'cluster-list', 'peer-address'] as const };
    router.event({ type: 'PolicyReplaced', policy: policyOf({ rest }) });
    expect(router.best(AGENT)?.source).toMatchObject({ id: 'a' });
    expect(router.told('c')).toMatchObject([{ attributes: { asPath: [65000, 65010] } }]);
  });

  it('is applied to all that was ever received, and peers are told only what it changes', () => {
    const router = new Router();
    router.up('a', 65010);
    router.up('b', 65020);
    router.announce('a', ['payroll', 'weather']);
    router.originate('paycheck');
    router.told('a');
    router.told('b');
    const deny = { match: { agentPrefixes: ['pay*'] }, action: 'reject' } as const;
    router.event({ type: 'PolicyReplaced', policy: policyOf({ import: [deny] }) });
    expect(router.told('a')).toMatchObject([{ withdrawn: ['paycheck'], reach: [] }]);
    expect(router.told('b')[0]?.withdrawn.toSorted()).toEqual(['paycheck', 'payroll']);
    router.event({ type: 'PolicyReplaced', policy: policyOf({ export: [deny] }) });
    expect(router.best('payroll')).toBeDefined();
    expect(router.told('b')).toEqual([]);
    router.event({ type: 'PolicyReplaced', policy: policyOf({}) });
    expect(
      router
        .told('b')
        .flatMap(({ reach }) => reach.map(({ nlri }) => nlri))
        .toSorted(),
    ).toEqual(['paycheck', 'payroll']);
  });

  it('does not wake the dead', () => {
    const router = new Router();
    router.up('a', 65010);
    router.announce('a', AGENT, {}, { life: 'mortal' });
    router.update('a', { proofs: [{ nlri: AGENT, secret: 's', life: 'mortal' }] });
    router.event({ type: 'PolicyReplaced', policy: policyOf({ import: [{ set: { localPref: 200 } }] }) });
    expect(router.best(AGENT)).toBeUndefined();
  });
});
