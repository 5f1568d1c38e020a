import { median, quantile } from '../row.ts';
import { next, type Contender, type Probe } from './contender.ts';
import { laterHalf, type Figure } from './side-by-side.ts';

const ROUTERS = 10;
const WARM_UP = 100;
const ROUTES = 100;
/** Who is slow shows it with fewer routes, of which the later half counts too. */
const PATIENCE_MS = 10_000;
const [SOURCE, SINK] = [64_500, 64_501];

interface Times {
  readonly announced: readonly number[];
  readonly withdrawn: readonly number[];
}

/**
 * One route after the other from a probe before the first router of a chain to one behind the last: two links more than there
 * are between the routers. A router alone, between the same probes, tells how much of that is theirs.
 */
export async function chain(contender: Contender, note: (text: string) => void): Promise<Figure[]> {
  const ten = await measure(contender, ROUTERS, note);
  const one = await measure(contender, 1, note);
  const warm = laterHalf(ten.announced);
  const alone = median(laterHalf(one.announced));
  const what = `chain of ${ROUTERS}`;
  return [
    { what: `${what}, a route from probe to probe, 11 links`, value: median(warm), unit: 'ms', atMost: 2.6 },
    { what: `${what}, its 9 links: the same less a router alone`, value: median(warm) - alone, unit: 'ms' },
    { what: `${what}, p99`, value: quantile(warm, 0.99), unit: 'ms' },
    { what: `${what}, the first route`, value: ten.announced[0] ?? NaN, unit: 'ms', atMost: 25 },
    { what: `${what}, a withdrawal`, value: median(laterHalf(ten.withdrawn)), unit: 'ms' },
  ];
}

async function measure(contender: Contender, routers: number, note: (text: string) => void): Promise<Times> {
  const network = await contender.start({
    routers,
    links: Array.from({ length: routers - 1 }, (_, at) => [at, at + 1] as const),
    probes: (router) => [...(router === 0 ? [SOURCE] : []), ...(router === routers - 1 ? [SINK] : [])],
  });
  const [announced, withdrawn]: [number[], number[]] = [[], []];
  const probes: Probe[] = [];
  try {
    const source = await network.probe(SOURCE, 0);
    const sink = await network.probe(SINK, routers - 1);
    probes.push(source, sink);
    const enough = performance.now() + PATIENCE_MS;
    for (let route = 0; route < WARM_UP + ROUTES && performance.now() < enough; route++) {
      const change = source.announcing([route]);
      announced.push(await timed(sink, route, change));
      note(`${contender.name}: chain of ${routers}: route ${route + 1}/${WARM_UP + ROUTES}`);
    }
    for (let route = 0; route < announced.length; route++) {
      const change = source.withdrawing([route]);
      withdrawn.push(await timed(sink, route, change));
    }
  } finally {
    await Promise.all(probes.map((probe) => probe.close()));
    await network.stop();
  }
  return { announced, withdrawn };
}

async function timed(sink: Probe, route: number, change: () => void): Promise<number> {
  const heard = next(sink, route);
  const started = performance.now();
  change();
  return (await heard) - started;
}
