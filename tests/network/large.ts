// Runs 1,000 routers with 5,000 links and prints what it took: npm run long -- large [origins] [agents per origin] [first]
// Origins run twenty at a time, which changes nothing for any of them and lets the tables fit into memory. With
// --expose-gc, which npm run long passes, it measures the heap too.
import { setImmediate as turn } from 'node:timers/promises';
import { generate } from '../../src/core/simulator/generate.ts';
import type { Script } from '../../src/core/simulator/read-script.ts';
import { simulateInParts } from '../../src/core/simulator/simulate.ts';
import { totalOf } from '../../src/core/simulator/tally.ts';
import { agentSpec, type Topology } from '../../src/core/simulator/topology.ts';

const [origins = 20, agents = 1, first = 0] = process.argv.slice(2).map(Number);
const BATCH = 20;
const SETTLED_MS = 45_000;
const bare = generate({ shape: 'scale-free', routers: 1000, links: 5000, seed: 1, origins: 1 });

function withOrigins(from: number, count: number): Topology {
  const routers = bare.routers.map((router, index) => {
    const isOrigin = index >= from && index < from + count;
    const ids = isOrigin ? Array.from({ length: agents }, (_, i) => agentSpec(`${router.name}-${i + 1}`)) : [];
    return { ...router, agents: ids };
  });
  return { ...bare, routers };
}

const collect = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
};

for (let from = first; from < origins; from += BATCH) {
  const count = Math.min(BATCH, origins - from);
  const withdrawn = `r${from + 1}`;
  const script: Script = [{ at: SETTLED_MS, do: 'withdraw', router: withdrawn, agents: [`${withdrawn}-1`] }];
  const startedAt = performance.now();
  const before = collect();
  let settled: number | undefined;
  const run = simulateInParts({ topology: withOrigins(from, count), script, seed: 1, reorder: 1 });
  let part = run.next();
  while (part.done !== true) {
    await turn();
    // While all that moves is keepalives.
    if (part.value.nowMs > SETTLED_MS / 2) settled ??= collect();
    part = run.next();
  }
  const report = part.value;
  const [settling, withdrawing] = report.phases;
  const entries = report.entries.adjRibIn + report.entries.locRib + report.entries.adjRibOut;
  console.log(
    JSON.stringify({
      origins: `${from + 1} to ${from + count}`,
      outcome: report.outcome,
      violations: report.violations.length,
      settledInMs: settling?.convergedAfterMs,
      announcements: settling?.messages.announcements,
      all: totalOf(report.phases),
      withdrawal: { ...withdrawing?.messages, settledInMs: withdrawing?.convergedAfterMs },
      wallMs: Math.round(performance.now() - startedAt),
      entries,
      bytesPerEntry: globalThis.gc && settled !== undefined ? Math.round((settled - before) / entries) : 'not measured',
    }),
  );
}
