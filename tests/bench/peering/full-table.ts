import { median, type Bench, type Row } from '../row.ts';
import { BenchNetwork, residentMb } from './bench-router.ts';
import { ProbePeer } from './probe-peer.ts';

const [SOURCE, SINK] = [64_500, 64_501];
const PER_UPDATE = 1_000;
const RUNS = 3;
const TARGET_SECONDS: Readonly<Record<number, number>> = { 100_000: 1.1 };

interface Run {
  readonly seconds: number;
  readonly megabytes: number;
  readonly bytesPerRoute: number;
}

/** Many routes at once from one peer of a router to another, over real sockets; the router is started for each run. */
export const fullTable: Bench = async (note) => {
  const rows: Row[] = [];
  for (const routes of [10_000, 100_000]) {
    const runs: Run[] = [];
    for (let run = 1; run <= RUNS; run++) {
      note(`${routes} routes, run ${run}/${RUNS}`);
      runs.push(await measure(routes));
    }
    const figure = (of: (run: Run) => number) => median(runs.map(of));
    const what = `${routes / 1_000}k routes through a router`;
    const atMost = TARGET_SECONDS[routes];
    rows.push(
      { what, ours: figure(({ seconds }) => seconds), unit: 's', ...(atMost !== undefined && { atMost }) },
      { what: `${what}, its memory then`, ours: figure(({ megabytes }) => megabytes), unit: 'MB' },
      { what: `${what}, memory per route`, ours: figure(({ bytesPerRoute }) => bytesPerRoute), unit: 'B' },
    );
  }
  return rows;
};

async function measure(routes: number): Promise<Run> {
  const network = await BenchNetwork.start({ routers: 1, links: [], probes: () => [SOURCE, SINK] });
  const router = network.router(0);
  const source = await ProbePeer.connect(SOURCE, router);
  const sink = await ProbePeer.connect(SINK, router);
  try {
    const before = await residentMb(router);
    const left = new Set(Array.from({ length: routes }, (_, at) => `agent-${at}`));
    const updates = inBatches([...left]).map((batch) => source.announcement(batch));
    const complete = new Promise<number>((resolve) => {
      sink.listen(({ nlri, at }) => {
        if (left.delete(nlri) && left.size === 0) resolve(at);
      });
    });
    const started = performance.now();
    for (const update of updates) source.say(update);
    const seconds = ((await complete) - started) / 1_000;
    const megabytes = await residentMb(router);
    return { seconds, megabytes, bytesPerRoute: ((megabytes - before) * 1_048_576) / routes };
  } finally {
    await Promise.all([source.close(), sink.close()]);
    await network.stop();
  }
}

function inBatches(nlris: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(nlris.length / PER_UPDATE) }, (_, at) =>
    nlris.slice(at * PER_UPDATE, (at + 1) * PER_UPDATE),
  );
}
