import { setTimeout as pass } from 'node:timers/promises';
import { median } from '../row.ts';
import type { BenchNetwork, Contender, Heard, Probe } from './contender.ts';
import { laterHalf, type Figure } from './side-by-side.ts';

const ROUTERS = 10;
/** The first half warms up. */
const ROUNDS = 50;
/** Who is slow shows it in fewer rounds, of which the later half counts too. */
const PATIENCE_MS = 20_000;
const SOURCE = 64_500;
/** A network in which nobody has heard anything for so long has settled. */
const QUIET_MS = 150;
/** What is not right by then is a ghost. */
const SETTLE_WITHIN_MS = 10_000;
const sinkAt = (router: number) => 64_500 + router;

interface Round {
  /** Until the last sink knew; infinite when one never did. */
  readonly ms: number;
  readonly updates: number;
  /** Announcements that sinks heard. */
  readonly announcements: number;
}

/** A probe at one router of a full mesh has a route and loses it; probes at all others tell when they hear of it. */
export async function mesh(contender: Contender, note: (text: string) => void): Promise<Figure[]> {
  const all = Array.from({ length: ROUTERS }, (_, at) => at);
  const network = await contender.start({
    routers: ROUTERS,
    links: all.flatMap((a) => all.slice(a + 1).map((b) => [a, b] as const)),
    probes: (router) => [router === 0 ? SOURCE : sinkAt(router)],
  });
  const probes: Probe[] = [];
  const [announced, withdrawn]: [Round[], Round[]] = [[], []];
  try {
    const source = await network.probe(SOURCE, 0);
    const sinks = await Promise.all(all.slice(1).map((at) => network.probe(sinkAt(at), at)));
    probes.push(source, ...sinks);
    const enough = performance.now() + PATIENCE_MS;
    for (let round = 0; round < ROUNDS && performance.now() < enough; round++) {
      announced.push(await change(network, sinks, true, source.announcing([round])));
      const withdrawal = await change(network, sinks, false, source.withdrawing([round]));
      withdrawn.push(withdrawal);
      note(`${contender.name}: mesh of ${ROUTERS}: round ${round + 1}/${ROUNDS}`);
      // What is left behind would be in the way of the next rounds.
      if (withdrawal.ms === Infinity) return figures(announced.slice(-1), [withdrawal]);
    }
  } finally {
    await Promise.all(probes.map((probe) => probe.close()));
    await network.stop();
  }
  return figures(announced, withdrawn);
}

function figures(announced: readonly Round[], withdrawn: readonly Round[]): Figure[] {
  const warm = (rounds: readonly Round[], of: (round: Round) => number) => median(laterHalf(rounds).map(of));
  const bogus = withdrawn.reduce((sum, { announcements }) => sum + announcements, 0) / withdrawn.length;
  const what = `mesh of ${ROUTERS}`;
  return [
    { what: `${what}, announce, until the last knows`, value: warm(announced, ({ ms }) => ms), unit: 'ms' },
    { what: `${what}, announce, UPDATEs`, value: warm(announced, ({ updates }) => updates), unit: '' },
    { what: `${what}, withdraw, until the last knows`, value: warm(withdrawn, ({ ms }) => ms), unit: 'ms', atMost: 10 },
    { what: `${what}, withdraw, UPDATEs`, value: warm(withdrawn, ({ updates }) => updates), unit: '' },
    { what: `${what}, withdraw, bogus announcements to the 9 probes, mean`, value: bogus, unit: '', atMost: 0 },
  ];
}

/** Lets something happen; resolves when every sink knows what is true then and hears no more. */
async function change(
  network: BenchNetwork,
  sinks: readonly Probe[],
  reachable: boolean,
  happen: () => void,
): Promise<Round> {
  const before = await network.updates();
  const heard = sinks.map((): Heard[] => []);
  for (const [at, sink] of sinks.entries()) sink.listen((news) => heard[at]?.push(news));
  const started = performance.now();
  happen();
  const lastHeard = () => Math.max(started, ...heard.map((news) => news.at(-1)?.at ?? 0));
  const isKnown = () => heard.every((news) => news.at(-1)?.reachable === reachable);
  const isOver = () => isKnown() && performance.now() - lastHeard() > QUIET_MS;
  while (!isOver() && performance.now() - started < SETTLE_WITHIN_MS) await pass(10);
  return {
    ms: isKnown() ? lastHeard() - started : Infinity,
    updates: (await network.updates()) - before,
    announcements: heard.flat().filter((news) => news.reachable).length,
  };
}
