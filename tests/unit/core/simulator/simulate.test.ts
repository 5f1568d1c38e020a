import { describe, expect, it } from 'vitest';
import { generate } from '../../../../src/core/simulator/generate.ts';
import type { Script } from '../../../../src/core/simulator/read-script.ts';
import type { Report } from '../../../../src/core/simulator/report.ts';
import { simulate, simulateInParts, type Progress, type Simulation } from '../../../../src/core/simulator/simulate.ts';
import { agentSpec, DEFAULT_END, type Topology } from '../../../../src/core/simulator/topology.ts';

const chain = generate({ shape: 'chain', routers: 4, origins: 1, latencyMs: 10 });
const ring = generate({ shape: 'ring', routers: 5, origins: 1, latencyMs: 10 });

function nextHops(report: Report, nlri = 'agent1'): (string | undefined)[] {
  return Object.values(report.tables).map((rows) => {
    const row = rows.find((found) => found.nlri === nlri);
    return row && (row.via ?? 'own');
  });
}

function withEnds(topology: Topology, end: Partial<typeof DEFAULT_END>): Topology {
  const links = topology.links.map((link) => ({
    ...link,
    ends: Object.fromEntries(link.between.map((name) => [name, { ...DEFAULT_END, ...end }])),
  }));
  return { ...topology, links };
}

describe('a simulation', () => {
  it('tells what was said in which direction, how long it took and what the tables hold', () => {
    const report = simulate({ topology: chain });
    expect(report.outcome).toBe('converged');
    expect(nextHops(report)).toEqual(['own', 'r1', 'r2', 'r3']);
    expect(report.tables['r4']![0]).toMatchObject({ asPath: [64514, 64513, 64512], origination: 'r1#1' });
    const announced = report.directions.filter(({ announcements }) => announcements > 0);
    expect(announced.map(({ from, to }) => `${from} ${to}`)).toEqual(['r1 r2', 'r2 r3', 'r3 r4']);
    expect(report.phases).toMatchObject([
      { atMs: 0, actions: ['start'], bestChanges: 4, messages: { announcements: 3 } },
    ]);
    expect(report.churn).toEqual([{ nlri: 'agent1', bestChanges: 4 }]);
    expect(report.entries).toEqual({ adjRibIn: 3, locRib: 4, adjRibOut: 3 });
  });

  it('counts the messages of each intervention by itself', () => {
    const script: Script = [
      { at: 10_000, do: 'withdraw', router: 'r1', agents: ['agent1'] },
      { at: 20_000, do: 'announce', router: 'r4', agents: [agentSpec('agent2'), agentSpec('agent3')] },
      { at: 30_000, do: 'health', router: 'r4', agent: 'agent2', med: 75 },
    ];
    const { phases } = simulate({ topology: chain, script });
    expect(phases.map(({ messages }) => [messages.announcements, messages.withdrawals])).toEqual([
      [3, 0],
      [0, 3],
      [6, 0],
      [3, 0],
    ]);
    expect(phases[1]!.convergedAfterMs).toBe(30);
  });

  it('goes round a link that is cut and back when it is restored', () => {
    const cut: Script = [{ at: 10_000, do: 'cut', link: ['r1', 'r2'] }];
    expect(nextHops(simulate({ topology: ring, script: cut }))).toEqual(['own', 'r3', 'r4', 'r5', 'r1']);
    const restored: Script = [...cut, { at: 20_000, do: 'restore', link: ['r2', 'r1'] }];
    expect(nextHops(simulate({ topology: ring, script: restored }))).toEqual(['own', 'r1', 'r2', 'r5', 'r1']);
  });

  it('lets the hold time find out about a partition (RFC 4271 §6.5)', () => {
    const partition: Script = [{ at: 10_000, do: 'partition', routers: ['r1'] }];
    const report = simulate({ topology: withEnds(chain, { holdTimeSeconds: 30 }), script: partition });
    expect(nextHops(report)).toEqual(['own', undefined, undefined, undefined]);
    expect(report.phases[1]!.convergedAfterMs).toBeGreaterThan(15_000);
    expect(report.phases[1]!.convergedAfterMs).toBeLessThan(31_000);
  });

  it('loses nothing in a partition that is shorter than the hold time', () => {
    const script: Script = [
      { at: 10_000, do: 'partition', routers: ['r1'] },
      { at: 11_000, do: 'withdraw', router: 'r1', agents: ['agent1'] },
      { at: 12_000, do: 'announce', router: 'r1', agents: [agentSpec('agent2')] },
      { at: 20_000, do: 'heal' },
    ];
    const report = simulate({ topology: chain, script });
    expect(nextHops(report)).toEqual([undefined, undefined, undefined, undefined]);
    expect(nextHops(report, 'agent2')).toEqual(['own', 'r1', 'r2', 'r3']);
    expect(report.phases.map(({ messages }) => messages.withdrawals)).toEqual([0, 0, 1, 0, 2]);
  });

  it('lets a router that crashed come back without memory, its clock set back', () => {
    const script: Script = [
      { at: 10_000, do: 'crash', router: 'r1' },
      { at: 20_000, do: 'restart', router: 'r1', clockOffsetMs: -3_600_000 },
    ];
    const crashed = simulate({ topology: chain, script: script.slice(0, 1) });
    expect(nextHops(crashed)).toEqual([undefined, undefined, undefined, undefined]);
    const report = simulate({ topology: chain, script });
    expect(nextHops(report)).toEqual(['own', 'r1', 'r2', 'r3']);
    expect(report.tables['r4']![0]).toMatchObject({
      origination: 'r1#2',
      originTime: 1_700_000_000_000 + 20_000 - 3_600_000,
    });
  });

  it('draws faults from the seed and mends them all', () => {
    const report = simulate({ topology: ring, seed: 4, crashes: 3, partitions: 2, loss: 0.1, reorder: 2 });
    const done = report.phases.flatMap(({ actions }) => actions).map((action) => action.split(' ')[0]);
    expect(done.toSorted()).toEqual([
      'crash',
      'crash',
      'crash',
      'heal',
      'heal',
      'partition',
      'partition',
      'restart',
      'restart',
      'restart',
      'start',
    ]);
    expect(report).toMatchObject({ outcome: 'converged', violations: [], unsettledLinks: [] });
    expect(nextHops(report)).not.toContain(undefined);
  });

  it('reports a session that cannot come up instead of waiting for ever', () => {
    const refusing = {
      ...chain,
      links: chain.links.map((link) => ({
        ...link,
        ends: { r1: { ...DEFAULT_END, passive: true }, r2: { ...DEFAULT_END, passive: true } },
      })),
    };
    const report = simulate({ topology: refusing, boundMs: 60_000 });
    expect(report).toMatchObject({ outcome: 'unsettled', oscillations: [], unsettledLinks: [['r1', 'r2']] });
  });

  it('carries calls along the tables and tells why one was not answered', () => {
    const script: Script = [
      { at: 10_000, do: 'call', router: 'r4', target: 'agent1' },
      { at: 10_000, do: 'call', router: 'r2', target: 'nobody' },
      { at: 20_000, do: 'partition', routers: ['r1', 'r2'] },
      { at: 20_001, do: 'call', router: 'r4', target: 'agent1' },
      { at: 20_001, do: 'call', router: 'r2', target: 'agent1' },
      { at: 60_000, do: 'heal' },
    ];
    const { calls } = simulate({ topology: chain, script });
    expect(
      calls.map(({ router, answeredBy, code, visited, tookMs }) => [router, answeredBy ?? code, visited, tookMs]),
    ).toEqual([
      ['r2', 'AGENT_NOT_FOUND', ['r2'], 0],
      ['r4', 'r1', ['r4', 'r3', 'r2', 'r1'], 61],
      ['r2', 'r1', ['r2', 'r1'], 21],
      ['r4', 'TIMEOUT', ['r4', 'r3'], 30_000],
    ]);
  });

  it('ends a call that would cross more routers than it may', () => {
    const long = generate({ shape: 'chain', routers: 20, origins: 1, latencyMs: 1 });
    const script: Script = [17, 18, 20].map((n) => ({ at: 10_000, do: 'call', router: `r${n}`, target: 'agent1' }));
    const { calls } = simulate({ topology: long, script });
    const ends = Object.fromEntries(calls.map(({ router, answeredBy, code }) => [router, answeredBy ?? code]));
    expect(ends).toEqual({ r17: 'r1', r18: 'LOOP_DETECTED', r20: 'LOOP_DETECTED' });
  });

  it('pauses now and then to tell how far it has come, which changes nothing', () => {
    const seen: Progress[] = [];
    const topology = generate({ shape: 'mesh', routers: 20, origins: 5 });
    const simulation: Simulation = { topology, script: [{ at: 40_000, do: 'heal' }] };
    const run = simulateInParts(simulation);
    let part = run.next();
    for (; part.done !== true; part = run.next()) seen.push(part.value);
    const report = part.value;
    expect(report).toEqual(simulate(simulation));
    expect(seen.length).toBe(Math.floor(report.steps / 10_000));
    expect(seen[0]).toMatchObject({ steps: 10_000, scriptEndsAtMs: 40_000 });
  });
});
