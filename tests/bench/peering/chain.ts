import { median, quantile, type Bench } from '../row.ts';
import { BenchNetwork } from './bench-router.ts';
import { ProbePeer } from './probe-peer.ts';

const ROUTERS = 10;
const WARM_UP = 100;
const ROUTES = 100;
const [SOURCE, SINK] = [64_500, 64_501];

/** One route after the other from a probe before the first router of a chain to one behind the last. */
export const chain: Bench = async (note) => {
  const network = await BenchNetwork.start({
    routers: ROUTERS,
    links: Array.from({ length: ROUTERS - 1 }, (_, at) => [at, at + 1] as const),
    probes: (router) => (router === 0 ? [SOURCE] : router === ROUTERS - 1 ? [SINK] : []),
  });
  const source = await ProbePeer.connect(SOURCE, network.router(0));
  const sink = await ProbePeer.connect(SINK, network.router(ROUTERS - 1));
  const announced: number[] = [];
  const withdrawn: number[] = [];
  try {
    for (let route = 0; route < WARM_UP + ROUTES; route++) {
      announced.push(await timed(sink, `agent-${route}`, (nlri) => source.announce(nlri)));
      note(`chain of ${ROUTERS}: route ${route + 1}/${WARM_UP + ROUTES}`);
    }
    for (let route = 0; route < WARM_UP + ROUTES; route++) {
      withdrawn.push(await timed(sink, `agent-${route}`, (nlri) => source.withdraw(nlri)));
    }
  } finally {
    await Promise.all([source.close(), sink.close()]);
    await network.stop();
  }
  const warm = announced.slice(WARM_UP);
  return [
    { what: `chain of ${ROUTERS}, a route end to end`, ours: median(warm), unit: 'ms', atMost: 2.6 },
    { what: `chain of ${ROUTERS}, p99`, ours: quantile(warm, 0.99), unit: 'ms' },
    { what: `chain of ${ROUTERS}, the first route`, ours: announced[0] ?? NaN, unit: 'ms', atMost: 25 },
    { what: `chain of ${ROUTERS}, a withdrawal`, ours: median(withdrawn.slice(WARM_UP)), unit: 'ms' },
  ];
};

async function timed(sink: ProbePeer, nlri: string, change: (nlri: string) => void): Promise<number> {
  const heard = sink.next(nlri);
  const started = performance.now();
  change(nlri);
  return (await heard) - started;
}
