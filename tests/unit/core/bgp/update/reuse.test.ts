import { beforeEach, describe, expect, it } from 'vitest';
import { destination, explain } from '../../../../../src/core/bgp/view.ts';
import { policyOf, Router } from '../support/router.ts';
import { MINUTE, RULES as damping } from '../damping/rules.ts';

const AGENT = 'weatherAgent';

let router: Router;

const flap = (id: string, times: number) => {
  for (let time = 0; time < times; time++) {
    router.withdraw(id, AGENT);
    router.announce(id, AGENT);
  }
};
const via = () => {
  const source = router.best(AGENT)?.source;
  return source?.kind === 'peer' ? source.id : undefined;
};
const reason = (id: string) => router.heard(id, AGENT)?.ineligible?.type;
const damped = () => router.effects.flatMap((effect) => (effect.type === 'RouteDamped' ? effect : []));

describe("a peer's route that comes and goes (RFC 2439 §4.8)", () => {
  beforeEach(() => {
    router = new Router();
    router.up('a', 65010, { damping, holdTimeSeconds: 0, restartTimeSeconds: 60 });
    router.up('b', 65020, { holdTimeSeconds: 0 });
    router.up('c', 65030, { holdTimeSeconds: 0 });
    router.announce('a', AGENT);
    router.announce('b', AGENT, { asPath: [65020, 1] });
    router.told('c');
  });

  it('is used until it has been taken back for the seventh time (RFC 7196 §6)', () => {
    flap('a', 6);
    expect(via()).toBe('a');
    flap('a', 1);
    expect(via()).toBe('b');
    expect(router.adjRibOut('c')[AGENT]?.asPath).toEqual([65000, 65020, 1]);
  });

  it('is left for a reason of its own, which explain shows with the time, and which is reported once', () => {
    flap('a', 9);
    const untilMs = damped()[0]!.untilMs;
    expect(damped()).toEqual([{ type: 'RouteDamped', neighbor: 'a', nlri: AGENT, untilMs }]);
    const [loss] = explain(router.speaker, destination(router.speaker, AGENT)!);
    expect(loss).toMatchObject({
      reason: 'ineligible',
      route: { source: { id: 'a' }, ineligible: { type: 'damped' } },
    });
    const { ineligible } = loss!.route;
    expect(ineligible?.type === 'damped' ? ineligible.untilMs : 0).toBeGreaterThan(untilMs);
  });

  it('is taken up again, and told, when its penalty has gone down to the threshold', () => {
    flap('a', 7);
    const { untilMs } = damped()[0]!;
    router.told('c');
    router.wait(untilMs - router.now - 1);
    expect(via()).toBe('b');
    router.wait(1_001);
    expect(via()).toBe('a');
    expect(router.told('c')).toMatchObject([{ attributes: { asPath: [65000, 65010] } }]);
    expect(reason('a')).toBeUndefined();
  });

  it('stays away for good when it is not announced again', () => {
    flap('a', 7);
    router.withdraw('a', AGENT);
    router.wait(120 * MINUTE);
    expect(via()).toBe('b');
    expect(router.heard('a', AGENT)).toBeUndefined();
  });

  it('is of no use even where it is the only one', () => {
    router.withdraw('b', AGENT);
    flap('a', 7);
    expect(router.best(AGENT)).toBeUndefined();
    router.wait(50 * MINUTE);
    expect(via()).toBe('a');
  });

  it('by ever other paths counts half as much', () => {
    for (let at = 0; at < 12; at++) router.announce('a', AGENT, { asPath: [65010, at] });
    expect(reason('a')).toBeUndefined();
    router.announce('a', AGENT, { asPath: [65010, 99] });
    expect(reason('a')).toBe('damped');
  });

  it('is not one whose health changes, or that is said again', () => {
    for (let at = 0; at < 100; at++) router.announce('a', AGENT, { med: at * 5, communities: [`c${at}`] });
    expect(reason('a')).toBeUndefined();
  });

  it('is one whose life ended and that begins anew, also without a withdrawal', () => {
    for (let at = 0; at < 8; at++) {
      const life = `life-${at}`;
      router.announce('a', AGENT, {}, { life });
      router.update('a', { proofs: [{ nlri: AGENT, life, secret: `secret-${at}` }] });
    }
    router.announce('a', AGENT, {}, { life: 'life-8' });
    expect(reason('a')).toBe('damped');
  });

  it('is not one that goes with its session (RFC 2439 §4.8.5, deviation), and what was counted outlives the session', () => {
    for (let at = 0; at < 10; at++) {
      router.lose('a');
      router.up('a', 65010);
      router.announce('a', AGENT);
    }
    expect(reason('a')).toBeUndefined();
    flap('a', 6);
    router.lose('a');
    router.up('a', 65010);
    router.announce('a', AGENT);
    flap('a', 1);
    expect(reason('a')).toBe('damped');
  });

  it('is not damped at a peer for which nothing was said', () => {
    flap('b', 50);
    expect(reason('b')).toBeUndefined();
  });

  it('that policy denies is denied first, and still damped when a new policy lets it in', () => {
    flap('a', 7);
    const deny = policyOf({ import: [{ action: 'reject' }] });
    router.event({ type: 'PolicyReplaced', policy: deny });
    expect(reason('a')).toBe('denied');
    router.event({ type: 'PolicyReplaced', policy: policyOf({}) });
    expect(reason('a')).toBe('damped');
  });

  it('is forgotten with its peer', () => {
    flap('a', 7);
    router.event({ type: 'PeerRemoved', peer: 'a' });
    expect([...router.timers.values()].filter(({ timer }) => timer.kind === 'reuse')).toEqual([]);
    router.up('a', 65010, { damping, holdTimeSeconds: 0 });
    router.announce('a', AGENT);
    expect(via()).toBe('a');
  });
});

describe("a stub's agent that comes and goes", () => {
  const flapStub = (times: number, stub: object) => {
    router.originate(AGENT, {}, stub);
    for (let time = 0; time < times; time++) {
      router.end(AGENT);
      router.originate(AGENT, {}, stub);
    }
  };

  beforeEach(() => {
    router = new Router();
  });

  it('is not damped unless its stub is', () => {
    flapStub(50, {});
    expect(router.best(AGENT)).toBeDefined();
  });

  it('is left and taken up again like that of a peer, though the stub had nothing left in between', () => {
    router.up('a', 65010, { holdTimeSeconds: 0 });
    flapStub(7, { damping });
    expect(router.best(AGENT)).toBeUndefined();
    expect(router.adjRibOut('a')).toEqual({});
    expect(damped()).toMatchObject([{ neighbor: 'server0' }]);
    router.wait(50 * MINUTE);
    expect(router.best(AGENT)?.source).toMatchObject({ id: 'server0' });
    expect(router.adjRibOut('a')[AGENT]).toBeDefined();
  });
});
