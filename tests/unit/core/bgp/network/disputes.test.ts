import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../../../../src/core/bgp/policy/parse-policy.ts';
import type { Policy } from '../../../../../src/core/bgp/policy/policy.ts';
import type { Report } from '../../../../../src/core/simulator/report.ts';
import { simulate } from '../../../../../src/core/simulator/simulate.ts';
import { agentSpec, DEFAULT_END, type LinkSpec, type RouterSpec } from '../../../../../src/core/simulator/topology.ts';

function policy(file: object): Policy {
  const parsed = parsePolicy(file);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.policy;
}

function router(name: string, asn: number, rest: Partial<RouterSpec> = {}): RouterSpec {
  return { name, asn, routerId: `10.0.0.${asn % 256}`, agents: [], ...rest };
}

function link(a: string, b: string, client = false): LinkSpec {
  return { between: [a, b], latencyMs: 10, ends: client ? { [a]: { ...DEFAULT_END, client: true } } : {} };
}

function viaOf(report: Report, name: string): string | undefined {
  return report.tables[name]!.find(({ nlri }) => nlri === 'weather')?.via;
}

/** Prefers the way by the next AS to the direct one, as long as that one goes directly itself; takes no other. */
function preferring(next: number, other: number): Policy {
  return policy({
    import: [
      { match: { peers: [next], asPath: [other] }, action: { action: 'reject' } },
      { match: { peers: [other] }, action: { action: 'reject' } },
      { match: { peers: [next] }, action: { action: 'modify', setLocalPref: 200 } },
    ],
  });
}

/** Griffin, Shepherd, Wilfong 2002, figure 4: three ASes around an origin, none of which wants to go directly. */
const badGadget = {
  routers: [
    router('origin', 100, { agents: [agentSpec('weather')] }),
    router('one', 1, { policy: preferring(3, 2) }),
    router('two', 2, { policy: preferring(1, 3) }),
    router('three', 3, { policy: preferring(2, 1) }),
    router('beyond', 4),
    router('bystander', 5),
  ],
  links: [
    ...['one', 'two', 'three'].map((name) => link('origin', name)),
    link('one', 'two'),
    link('two', 'three'),
    link('three', 'one'),
    link('one', 'beyond'),
    link('origin', 'bystander'),
  ],
};

/** Griffin, Shepherd, Wilfong 2002, figure 3: two ASes that each prefer the way by the other one. */
const disagree = {
  routers: [
    router('origin', 100, { agents: [agentSpec('weather')] }),
    router('one', 1, { policy: preferring(2, 3) }),
    router('two', 2, { policy: preferring(1, 3) }),
  ],
  links: [link('origin', 'one'), link('origin', 'two'), link('one', 'two')],
};

function setsMedTo(peer: string, med: number): object {
  return { match: { peers: [peer] }, action: { action: 'modify', setMED: med } };
}

/**
 * RFC 3345 §2.1: two reflectors. One has a client with MED 1 from AS 6 and one with a path by AS 10, the other a client with
 * MED 0 from AS 6. Lower router ids take the part of the IGP costs, which we do not have.
 */
function rfc3345(compareMed: 'always' | 'same-neighbor') {
  const internal = { policy: policy({ compareMed }) };
  const inside = (name: string, id: number): RouterSpec => router(name, 1, { routerId: `1.1.1.${id}`, ...internal });
  return {
    routers: [
      router('origin', 100, { agents: [agentSpec('weather')] }),
      router('six', 6, { policy: policy({ export: [setsMedTo('c1', 1), setsMedTo('c3', 0)] }) }),
      router('ten', 10, { policy: policy({ export: [setsMedTo('c2', 10)] }) }),
      inside('ra', 11),
      inside('rb', 12),
      inside('c1', 1),
      inside('c2', 2),
      inside('c3', 3),
    ],
    links: [
      link('origin', 'six'),
      link('origin', 'ten'),
      link('six', 'c1'),
      link('ten', 'c2'),
      link('six', 'c3'),
      link('ra', 'c1', true),
      link('ra', 'c2', true),
      link('rb', 'c3', true),
      link('ra', 'rb'),
    ],
  };
}

describe('disputes', { timeout: 60_000 }, () => {
  it('BAD GADGET has no solution: it is reported with the three routers of its wheel and those that follow', () => {
    const report = simulate({ topology: badGadget });
    expect(report.outcome).toBe('oscillation');
    expect(report.oscillations).toEqual([{ nlri: 'weather', wheel: ['one', 'three', 'two'], follow: ['beyond'] }]);
    expect(viaOf(report, 'bystander')).toBe('origin');
  });

  it('BAD GADGET is slowed down by holding disputed routes', () => {
    const [minute, tenMinutes] = [60_000, 600_000].map((boundMs) => simulate({ topology: badGadget, boundMs }));
    const changes = (report: Report | undefined): number => report!.churn[0]!.bestChanges;
    expect(changes(tenMinutes)).toBeLessThan(3 * changes(minute));
  });

  it('DISAGREE settles in one of its two solutions, and each of them occurs', () => {
    const outcomes = Array.from({ length: 30 }, (_, seed) => {
      const report = simulate({ topology: disagree, seed, reorder: 1 });
      expect(report.outcome, `seed ${seed}`).toBe('converged');
      return `${String(viaOf(report, 'one'))} ${String(viaOf(report, 'two'))}`;
    });
    expect(new Set(outcomes)).toEqual(new Set(['two origin', 'origin one']));
  });

  it("RFC 3345's example never settles when MED is compared within one neighbour AS, and the reflectors are named", () => {
    const report = simulate({ topology: rfc3345('same-neighbor') });
    expect(report.outcome).toBe('oscillation');
    expect(report.oscillations[0]!.wheel).toEqual(['ra', 'rb']);
  });

  it("RFC 3345's example settles when MED is compared across all neighbours, as it is by default", () => {
    const report = simulate({ topology: rfc3345('always') });
    expect(report.outcome).toBe('converged');
    expect(viaOf(report, 'ra')).toBe('rb');
  });
});
