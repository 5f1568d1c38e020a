import { median, type Bench } from '../row.ts';
import { BenchNetwork } from './bench-router.ts';
import { ProbePeer, type Heard } from './probe-peer.ts';

const ROUTERS = 10;
const WARM_UP = 20;
const ROUNDS = 30;
const SOURCE = 64_500;
const sinkAt = (router: number) => 64_500 + router;

interface Round {
  readonly ms: number;
  readonly updates: number;
  readonly heard: readonly Heard[];
}

/** A probe at one router of a full mesh has a route and loses it; probes at all others tell when they hear of it. */
export const mesh: Bench = async (note) => {
  const all = Array.from({ length: ROUTERS }, (_, at) => at);
  const network = await BenchNetwork.start({
    routers: ROUTERS,
    links: all.flatMap((a) => all.slice(a + 1).map((b) => [a, b] as const)),
    probes: (router) => [router === 0 ? SOURCE : sinkAt(router)],
  });
  const source = await ProbePeer.connect(SOURCE, network.router(0));
  const sinks = await Promise.all(all.slice(1).map((at) => ProbePeer.connect(sinkAt(at), network.router(at))));
  const [announced, withdrawn]: [Round[], Round[]] = [[], []];
  try {
    for (let round = 0; round < WARM_UP + ROUNDS; round++) {
      const nlri = `agent-${round}`;
      announced.push(await change(network, sinks, () => source.announce(nlri)));
      withdrawn.push(await change(network, sinks, () => source.withdraw(nlri)));
      note(`mesh of ${ROUTERS}: round ${round + 1}/${WARM_UP + ROUNDS}`);
    }
  } finally {
    await Promise.all([source, ...sinks].map((probe) => probe.close()));
    await network.stop();
  }
  const warm = (rounds: readonly Round[], of: (round: Round) => number) => median(rounds.slice(WARM_UP).map(of));
  const bogus = withdrawn.flatMap(({ heard }) => heard.filter(({ reachable }) => reachable));
  const what = `mesh of ${ROUTERS}`;
  return [
    { what: `${what}, announce, until the last knows`, ours: warm(announced, ({ ms }) => ms), unit: 'ms' },
    { what: `${what}, announce, UPDATEs`, ours: warm(announced, ({ updates }) => updates), unit: '' },
    { what: `${what}, withdraw, until the last knows`, ours: warm(withdrawn, ({ ms }) => ms), unit: 'ms', atMost: 10 },
    { what: `${what}, withdraw, UPDATEs`, ours: warm(withdrawn, ({ updates }) => updates), unit: '' },
    { what: `${what}, withdraw, bogus announcements in all rounds`, ours: bogus.length, unit: '', atMost: 0 },
  ];
};

/** Lets something happen; resolves when every sink has heard of it and no router says anything more. */
async function change(network: BenchNetwork, sinks: readonly ProbePeer[], happen: () => void): Promise<Round> {
  const before = await network.updates();
  const heard: Heard[] = [];
  const firsts = sinks.map(
    (sink) =>
      new Promise<number>((resolve) => {
        sink.listen((change) => {
          heard.push(change);
          resolve(change.at);
        });
      }),
  );
  const started = performance.now();
  happen();
  const ms = Math.max(...(await Promise.all(firsts))) - started;
  return { ms, updates: (await network.updates()) - before, heard };
}
