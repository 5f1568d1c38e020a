import { expect } from 'vitest';
import type { Report } from '../../../../../src/core/simulator/report.ts';
import { simulate, type Simulation } from '../../../../../src/core/simulator/simulate.ts';
import { canCall, chooseAll, fixpoint, flatten, flattenReport, type OracleRoute, type Tables } from './oracle.ts';
import { randomNetwork, type Network, type Preferences } from './random-network.ts';

/** Does something to a network that its end must not show. */
export type Change = (simulation: Simulation) => Simulation;

/** Runs one random network and holds everything against it that must be true of every network. */
export function checkRun(seed: number, preferences: Preferences, change: Change = (simulation) => simulation): Report {
  const network = randomNetwork(seed, preferences);
  const report = simulate(change(network.simulation));
  const which = `seed ${seed} (again: npx tsx tests/network/replay.ts ${preferences} ${seed})`;
  if (preferences === 'arbitrary') checkSettledOrNamed(network, report, which);
  else checkFixpoint(network, report, which);
  checkCalls(network, report, which);
  return report;
}

function checkFixpoint(network: Network, report: Report, which: string): void {
  expect(report.outcome, which).toBe('converged');
  expect(report.violations, which).toEqual([]);
  expect(flattenReport(report), which).toEqual(flatten(fixpoint(network, report)));
}

function checkSettledOrNamed(network: Network, report: Report, which: string): void {
  if (report.outcome !== 'converged') {
    expect(report.outcome, which).toBe('oscillation');
    for (const { wheel } of report.oscillations) expect(wheel.length, which).toBeGreaterThan(1);
    return;
  }
  expect(report.violations, which).toEqual([]);
  expect(flatten(chooseAll(network, report, tablesOf(network, report))), which).toEqual(flattenReport(report));
}

/** Every call ends, once, and comes to no router twice. */
function checkCalls(network: Network, report: Report, which: string): void {
  expect(report.calls.length, which).toBe(network.calls);
  for (const { visited, answeredBy, code } of report.calls) {
    expect(new Set(visited).size, `${which}: call by way of ${visited.join(' ')}`).toBe(visited.length);
    expect((answeredBy === undefined) !== (code === undefined), which).toBe(true);
  }
  if (report.outcome === 'converged') checkLateCalls(network, report, which);
}

/** A call that begins when the network is at rest is answered exactly where there is a route to what it wants. */
function checkLateCalls(network: Network, report: Report, which: string): void {
  for (const { router, target, answeredBy, code, atMs } of report.calls) {
    if (atMs < network.restsAtMs || network.down.has(router)) continue;
    const known = canCall(network, report, tablesOf(network, report), router, target);
    expect(code, `${which}: ${router} calls ${target}`).toBe(known ? undefined : 'AGENT_NOT_FOUND');
    expect(answeredBy !== undefined, which).toBe(known);
  }
}

/** The tables of a report as the oracle sees tables, by following each route to where it began. */
function tablesOf(network: Network, report: Report): Tables {
  const rowsOf = new Map(
    Object.entries(report.tables).map(([name, rows]) => [name, new Map(rows.map((row) => [row.nlri, row]))]),
  );
  const read = (name: string, nlri: string): OracleRoute => {
    const { via, asPath, localPref, med, originTime, origination } = rowsOf.get(name)!.get(nlri)!;
    const me = network.router(name);
    const seen = { via, asPath: via === undefined ? [] : asPath.flat(), localPref, med, originTime, origination };
    if (via === undefined) {
      return { ...seen, learned: 'own', relation: 'own', originator: me.routerId, clusters: [] };
    }
    const peer = network.router(via);
    if (peer.asn !== me.asn) {
      const relation = network.relation(me.asn, peer.asn);
      return { ...seen, learned: 'external', relation, originator: peer.routerId, clusters: [] };
    }
    const before = read(via, nlri);
    const reflected = before.learned === 'internal';
    const originator = reflected ? before.originator : peer.routerId;
    const clusters = reflected ? [peer.routerId, ...before.clusters] : [];
    return { ...seen, learned: 'internal', relation: before.relation, originator, clusters };
  };
  return new Map(
    network.routers.map(({ name }) => {
      const nlris = [...(rowsOf.get(name)?.keys() ?? [])];
      return [name, new Map(nlris.map((nlri) => [nlri, read(name, nlri)]))];
    }),
  );
}
