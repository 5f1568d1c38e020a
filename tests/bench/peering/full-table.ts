import { median } from '../row.ts';
import type { Contender, Probe } from './contender.ts';
import type { Figure } from './side-by-side.ts';

const [SOURCE, SINK] = [64_500, 64_501];
const RUNS = 3;
/** Who is slow shows it in fewer runs. */
const PATIENCE_MS = 10_000;
const TARGET_SECONDS: Readonly<Record<number, number>> = { 100_000: 1.1 };

interface Run {
  readonly cold: number;
  readonly withdrawal: number;
  readonly warm: number;
  readonly megabytes: number;
  readonly bytesPerRoute: number;
}

/** Many routes at once from one peer of a router to another, over real sockets; the router is started for each run. */
export async function fullTable(contender: Contender, note: (text: string) => void): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const routes of [10_000, 100_000]) {
    const runs: Run[] = [];
    const enough = performance.now() + PATIENCE_MS;
    for (let run = 1; run <= RUNS && performance.now() < enough; run++) {
      note(`${contender.name}: ${routes} routes, run ${run}/${RUNS}`);
      runs.push(await measure(contender, routes));
    }
    const figure = (of: (run: Run) => number) => median(runs.map(of));
    const what = `${routes / 1_000}k routes through a router`;
    const atMost = TARGET_SECONDS[routes];
    figures.push(
      { what: `${what}, cold`, value: figure(({ cold }) => cold), unit: 's', ...(atMost !== undefined && { atMost }) },
      { what: `${what}, its memory then`, value: figure(({ megabytes }) => megabytes), unit: 'MB' },
      { what: `${what}, memory per route`, value: figure(({ bytesPerRoute }) => bytesPerRoute), unit: 'B' },
      { what: `${what}, all withdrawn`, value: figure(({ withdrawal }) => withdrawal), unit: 's' },
      { what: `${what}, all once more`, value: figure(({ warm }) => warm), unit: 's' },
    );
  }
  return figures;
}

async function measure(contender: Contender, count: number): Promise<Run> {
  const network = await contender.start({ routers: 1, links: [], probes: () => [SOURCE, SINK] });
  const probes: Probe[] = [];
  try {
    const source = await network.probe(SOURCE, 0);
    const sink = await network.probe(SINK, 0);
    probes.push(source, sink);
    const before = await network.residentMb(0);
    const routes = Array.from({ length: count }, (_, at) => at);
    const cold = await seconds(sink, routes, true, source.announcing(routes));
    const megabytes = await network.residentMb(0);
    const withdrawal = await seconds(sink, routes, false, source.withdrawing(routes));
    const warm = await seconds(sink, routes, true, source.announcing(routes));
    return { cold, withdrawal, warm, megabytes, bytesPerRoute: ((megabytes - before) * 1_048_576) / count };
  } finally {
    await Promise.all(probes.map((probe) => probe.close()));
    await network.stop();
  }
}

/** From what happens until the sink knows of every route. */
async function seconds(
  sink: Probe,
  routes: readonly number[],
  reachable: boolean,
  happen: () => void,
): Promise<number> {
  const left = new Set(routes);
  const complete = new Promise<number>((resolve) => {
    sink.listen((heard) => {
      if (heard.reachable === reachable && left.delete(heard.route) && left.size === 0) resolve(heard.at);
    });
  });
  const started = performance.now();
  happen();
  return ((await complete) - started) / 1_000;
}
