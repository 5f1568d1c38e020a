import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HealthTable } from '../../../../src/control-plane/health/health-table.ts';
import { MIN_CHANGE_MS, type Sample } from '../../../../src/control-plane/health/score.ts';
import { agentOrigination } from '../../../../src/control-plane/discovery/agent-origination.ts';
import { Network, stubOf } from '../../core/bgp/support/network.ts';

const CHAIN = ['r0', 'r1', 'r2', 'r3', 'r4'] as const;
const AGENT = {
  id: 'coder',
  name: 'Coder',
  description: '',
  capabilities: ['coding'],
  communities: [],
  inferred: false,
};
const CALL_EVERY_MS = 100;
const REVIEW_EVERY_MS = 1_000;
const MINUTES = 3;

/** An announcement of a route with a new MED, by the router that sent it. */
interface Retelling {
  readonly from: string;
  readonly nlri: string;
  readonly at: number;
}

/** A chain of five routers, each in its own AS. The first has servers and measures them. */
class Chain {
  readonly network = new Network();
  readonly retold: Retelling[] = [];
  announcements = 0;
  readonly #servers: readonly string[];
  readonly #table: HealthTable;
  readonly #meds = new Map<string, number>();

  constructor(servers: number) {
    this.#servers = Array.from({ length: servers }, (_, at) => `server${at}`);
    this.#table = new HealthTable(this.#servers);
    CHAIN.forEach((name, at) => this.network.add(name, { asn: 65_100 + at }));
    CHAIN.slice(1).forEach((name, at) => {
      this.network.link(CHAIN[at]!, name, { holdTimeSeconds: 0 }, { holdTimeSeconds: 0 });
    });
    for (const server of this.#servers) this.#announce(server);
    this.#deliver();
    this.retold.length = 0;
    this.announcements = 0;
  }

  /** Ends a call and advertises the changes to the end of the chain. */
  called(server: string, sample: Sample): void {
    if (this.#table.called(server, AGENT.id, sample, this.network.now)) this.#announce(server);
    this.#deliver();
  }

  wait(ms: number): void {
    const { network } = this;
    network.now += ms;
    while (network.expire((timer, at) => timer.kind === 'retell' && at <= network.now)) this.#deliver();
    if (this.network.now % REVIEW_EVERY_MS !== 0) return;
    for (const { server } of this.#table.review(this.network.now)) this.#announce(server);
    this.#deliver();
  }

  #announce(server: string): void {
    const rank = this.#servers.indexOf(server);
    const url = `http://${server}`;
    const config = {
      name: server,
      url,
      asn: 65_001 + rank,
      headers: {},
      capabilities: [],
      communities: [],
      description: '',
    };
    const { med, averages } = this.#table.told(server, AGENT.id);
    const { agent, ...change } = agentOrigination(AGENT, config, 1, { med, averages });
    this.network.originate('r0', agent, change, stubOf({ id: server, asn: config.asn, nextHop: url, rank }));
  }

  #deliver(): void {
    this.network.run();
    for (const { from, message } of this.network.sent.splice(0)) {
      if (message.type !== 'update' || message.attributes === undefined) continue;
      const { med } = message.attributes;
      for (const { nlri } of message.reach) {
        this.announcements += 1;
        const key = `${from} ${nlri}`;
        const before = this.#meds.get(key) ?? med;
        this.#meds.set(key, med);
        if (before !== med) this.retold.push({ from, nlri, at: this.network.now });
      }
    }
  }
}

/**
 * Response times of calls in milliseconds (noise around a level, two alternating levels, or rare outliers), and their
 * failures.
 */
const noise = fc.oneof(
  fc.record({
    low: fc.integer({ min: 1, max: 2_000 }),
    high: fc.integer({ min: 1, max: 5_000 }),
    share: fc.constant(undefined),
  }),
  fc.record({
    low: fc.integer({ min: 1, max: 500 }),
    high: fc.integer({ min: 500, max: 5_000 }),
    share: fc.constantFrom(0.02, 0.2, 0.5),
  }),
);
const weather = fc.record({ noise, failing: fc.constantFrom(0, 0.05, 0.5), seed: fc.integer() });
type Weather = typeof weather extends fc.Arbitrary<infer T> ? T : never;

function* samplesOf({ noise: { low, high, share }, failing, seed }: Weather): Generator<Sample, never> {
  const random = randomOf(seed);
  for (;;) {
    const at = random();
    const ms = share === undefined ? low + (high - low) * at : at < share ? high : low;
    yield { responseTimeMs: Math.abs(ms), succeeded: random() >= failing };
  }
}

/** Returns numbers from [0, 1), the same for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Returns the times between changes of the MED, for each router and route. */
function gaps(retold: readonly Retelling[]): number[] {
  const last = new Map<string, number>();
  return retold.flatMap(({ from, nlri, at }) => {
    const key = `${from} ${nlri}`;
    const before = last.get(key);
    last.set(key, at);
    return before === undefined ? [] : at - before;
  });
}

function run(chain: Chain, weathers: readonly Weather[]): void {
  const samples = weathers.map(samplesOf);
  for (let ms = 0; ms < MINUTES * 60_000; ms += CALL_EVERY_MS) {
    samples.forEach((each, at) => {
      chain.called(`server${at}`, each.next().value);
    });
    chain.wait(CALL_EVERY_MS);
  }
}

describe('the MED of an agent with varying response times', () => {
  it('changes at no router of a chain of five more than once in ten seconds', () => {
    fc.assert(
      fc.property(weather, (given) => {
        const chain = new Chain(1);
        run(chain, [given]);
        expect(gaps(chain.retold).filter((gap) => gap < MIN_CHANGE_MS)).toEqual([]);
        // Each router also announces once that there are measurements, for the agent and for its capability.
        const first = 2 * (CHAIN.length - 1);
        expect(chain.announcements).toBeLessThanOrEqual(chain.retold.length + first);
      }),
      { numRuns: 25 },
    );
  });

  it('changes as rarely if three servers have the agent, each with its own noise', () => {
    fc.assert(
      fc.property(fc.tuple(weather, weather, weather), (given) => {
        const chain = new Chain(given.length);
        run(chain, given);
        expect(gaps(chain.retold).filter((gap) => gap < MIN_CHANGE_MS)).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });

  it('reaches the end of the chain as the first router measured it', () => {
    const chain = new Chain(1);
    run(chain, [{ noise: { low: 10, high: 3_000, share: 0.5 }, failing: 0, seed: 1 }]);
    const toldBy = (name: string) => chain.retold.filter(({ from, nlri }) => from === name && nlri === AGENT.id);
    expect(toldBy('r0').length).toBeGreaterThan(3);
    for (const name of CHAIN.slice(1, -1))
      expect(toldBy(name).map(({ at }) => at)).toEqual(toldBy('r0').map(({ at }) => at));
  });
});
