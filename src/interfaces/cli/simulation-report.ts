import type { CallReport } from '../../core/simulator/simulated-call.ts';
import type { Violation } from '../../core/simulator/invariants.ts';
import type { Report, Row } from '../../core/simulator/report.ts';
import type { Messages, Phase } from '../../core/simulator/tally.ts';
import { table } from './table.ts';

/** Maximum number of rows in a table. Longer tables are only counted. */
const MOST_ROWS = 100;

/** Formats the report of a simulation as text. */
export function simulationReport(report: Report): string {
  const lines = [
    ...outcome(report),
    '',
    ...phases(report.phases, report.messages),
    ...section('routes that changed most', churn(report)),
    ...section('calls', report.calls.map(call)),
    ...section('violations', report.violations.map(violation)),
    ...section('tables', tables(report)),
  ];
  return `${lines.join('\n')}\n`;
}

function outcome({ outcome: what, seed, endedAtMs, steps, oscillations, unsettledLinks }: Report): string[] {
  const head = `seed ${seed}: ${what} after ${seconds(endedAtMs)} of virtual time, ${steps} steps`;
  return [
    head,
    ...oscillations.map(({ nlri, wheel, follow }) => {
      const followers = follow.length > 0 ? `; ${follow.join(', ')} follow` : '';
      return `oscillation of ${nlri}: dispute among ${wheel.join(', ')}${followers}`;
    }),
    ...unsettledLinks.map(([a, b]) => `no settled session between ${a} and ${b}`),
  ];
}

const COLUMNS = ['updates', 'announcements', 'withdrawals', 'bogus'] as const;

function phases(all: readonly Phase[], total: Messages): string[] {
  const numbers = (messages: Messages): string[] => COLUMNS.map((column) => String(messages[column]));
  const rows = all.map((phase) => [
    seconds(phase.atMs),
    seconds(phase.convergedAfterMs),
    ...numbers(phase.messages),
    String(phase.bestChanges),
    phase.actions.join('; '),
  ]);
  const changes = all.reduce((sum, { bestChanges }) => sum + bestChanges, 0);
  const head = ['at', 'settled in', ...COLUMNS, 'changes', 'after'];
  return table(head, [...rows, ['', '', ...numbers(total), String(changes), 'in all']]);
}

function churn({ churn: all }: Report): string[] {
  const most = all.toSorted((a, b) => b.bestChanges - a.bestChanges).slice(0, 10);
  return most.map(({ nlri, bestChanges }) => `${nlri}: ${bestChanges}`);
}

function call({ atMs, router, target, answeredBy, code, visited, tookMs }: CallReport): string {
  const end = answeredBy === undefined ? String(code) : `answered by ${answeredBy}`;
  return `${seconds(atMs)} ${router} calls ${target}: ${end} in ${seconds(tookMs)} by way of ${visited.join(' ')}`;
}

function violation(found: Violation): string {
  const where = found.type === 'ghost' ? `at ${found.router}` : `by way of ${found.path.join(' ')}`;
  return `${found.type} of ${found.nlri} ${where}`;
}

function tables({ tables: all }: Report): string[] {
  const rows = Object.entries(all).flatMap(([router, table]) => table.map((row) => shown(router, row)));
  if (rows.length > MOST_ROWS)
    return [`${rows.length} routes at ${Object.keys(all).length} routers; --json lists them`];
  return rows.length === 0 ? [] : table(['router', 'route', 'via', 'path', 'pref', 'med'], rows);
}

function shown(router: string, { nlri, via = 'own', asPath, localPref, med }: Row): string[] {
  const path = asPath.map((hop) => (typeof hop === 'number' ? String(hop) : `{${hop.join(',')}}`)).join(' ');
  return [router, nlri, via, path, String(localPref), String(med)];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `  ${line}`)];
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(3)} s`;
}
