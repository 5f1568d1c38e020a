import { Caller } from './simulated-call.ts';
import { Clock } from './clock.ts';
import { describe, intervene } from './intervention.ts';
import { drawFaults, type Faults } from './faults.ts';
import { violations } from './invariants.ts';
import { Network, type Observer, type Relay, type Weather } from './simulated-network.ts';
import { Originators } from './originators.ts';
import { OscillationWatch } from './oscillation.ts';
import { createRandom, type Random } from './random.ts';
import { Recorder } from './recording.ts';
import { entriesOf, originatedBy, rowOf, type Report } from './report.ts';
import type { Action, Script } from './read-script.ts';
import { Tally, totalOf } from './tally.ts';
import type { Topology } from './topology.ts';

/** The subject of a simulation. */
export interface Simulation extends Partial<Weather>, Partial<Faults> {
  readonly topology: Topology;
  readonly script?: Script;
  readonly seed?: number;
  /** For how long after the last intervention a network may stay restless, in virtual milliseconds. */
  readonly boundMs?: number;
  /** Routers whose events and effects are written down. */
  readonly record?: readonly string[];
  /** Replaces messages that routers put on the wire. */
  readonly relay?: Relay;
}

/** The present virtual time. */
export interface Progress {
  readonly nowMs: number;
  /** The time of the script's last intervention. */
  readonly scriptEndsAtMs: number;
  readonly steps: number;
}

const DEFAULT_BOUND_MS = 600_000;
/** Within what time random faults strike a network whose script is shorter. */
const LEAST_FAULT_TIME_MS = 60_000;
const STEPS_PER_PROGRESS = 10_000;

/** Runs a network from its start until it is at rest after the last intervention, or until the bound is reached. */
export function simulate(simulation: Simulation): Report {
  const run = simulateInParts(simulation);
  for (;;) {
    const { done, value } = run.next();
    if (done === true) return value;
  }
}

/**
 * Simulates with pauses. A caller that runs large networks should let the event loop turn in every pause: the
 * engine keeps what weak references lead to until a turn ends, and holds no more than some 16 million of them in one.
 */
export function simulateInParts(simulation: Simulation): Generator<Progress, Report> {
  return new Run(simulation).run();
}

class Run {
  readonly #seed: number;
  readonly #actions: readonly Action[];
  readonly #scriptEndsAtMs: number;
  readonly #boundMs: number;
  readonly #clock = new Clock();
  readonly #tally = new Tally('start');
  readonly #watch = new OscillationWatch();
  readonly #recorders: ReadonlyMap<string, Recorder>;
  readonly #network: Network;
  readonly #originators: Originators;
  readonly #caller: Caller;

  constructor(simulation: Simulation) {
    const { topology, script = [], seed = 1, boundMs = DEFAULT_BOUND_MS, relay, record = [] } = simulation;
    const random = createRandom(seed);
    this.#seed = seed;
    this.#boundMs = boundMs;
    this.#actions = withFaults(simulation, script, createRandom(seed, 1));
    this.#scriptEndsAtMs = this.#actions.at(-1)?.at ?? 0;
    this.#recorders = new Map(record.map((name) => [name, new Recorder()]));
    this.#network = new Network(topology, weatherOf(simulation), this.#clock, random, this.#observer(), relay);
    this.#originators = new Originators(this.#network.routers);
    this.#caller = new Caller(this.#network, this.#clock, createRandom(seed, 2));
  }

  *run(): Generator<Progress, Report> {
    for (const name of this.#network.routers.keys()) this.#network.start(name, 0);
    for (const action of this.#actions) {
      this.#clock.schedule(
        action.at,
        () => {
          this.#act(action);
        },
        true,
      );
    }
    const limit = this.#scriptEndsAtMs + this.#boundMs;
    while (!this.#atRest && this.#clock.runNext(limit)) {
      if (this.#clock.ran % STEPS_PER_PROGRESS === 0) yield this.#progress;
    }
    return this.#report();
  }

  get #atRest(): boolean {
    return this.#network.quiet && !this.#caller.pending;
  }

  #observer(): Observer {
    return {
      sent: (from, to, update) => {
        const bogus = update.reach.filter(({ nlri, label }) => !this.#originators.lasts(nlri, label)).length;
        this.#tally.sent(this.#clock.now, from, to, update, bogus);
      },
      bestChanged: (router, nlri) => {
        const { now } = this.#clock;
        this.#tally.bestChanged(now, nlri);
        if (now > this.#scriptEndsAtMs + this.#boundMs / 10) this.#watch.bestChanged(router, nlri);
      },
      started: (router) => this.#recorders.get(router.name)?.started(router.settings),
      stepped: (router, event, effects) =>
        this.#recorders.get(router.name)?.stepped(router.localTime(this.#clock.now), event, effects),
    };
  }

  #act(action: Action): void {
    if (action.do === 'call') return this.#caller.call(action.router, action.target);
    this.#tally.intervene(this.#clock.now, describe(action));
    intervene(this.#network, action, this.#clock.now);
    this.#originators.changed();
  }

  get #progress(): Progress {
    const { now: nowMs, ran: steps } = this.#clock;
    return { nowMs, scriptEndsAtMs: this.#scriptEndsAtMs, steps };
  }

  #report(): Report {
    const { routers, unsettledLinks } = this.#network;
    const converged = this.#atRest;
    const oscillations = converged ? [] : this.#watch.oscillations;
    const { phases, directions, churn } = this.#tally;
    return {
      seed: this.#seed,
      outcome: converged ? 'converged' : oscillations.length > 0 ? 'oscillation' : 'unsettled',
      endedAtMs: this.#clock.now,
      steps: this.#clock.ran,
      phases,
      messages: totalOf(phases),
      directions,
      churn,
      tables: Object.fromEntries([...routers].map(([name, router]) => [name, [...router.routes()].map(rowOf)])),
      entries: entriesOf([...routers.values()]),
      originations: [...routers.values()].flatMap(({ name, originations }) =>
        originations.map((origination) => originatedBy(name, origination)),
      ),
      violations: converged ? violations(routers, this.#originators) : [],
      oscillations,
      unsettledLinks: unsettledLinks.map(({ a, b }) => [a, b]),
      calls: this.#caller.reports,
      recordings: Object.fromEntries(
        [...this.#recorders].map(([name, { events, effects }]) => [name, { events, effects }]),
      ),
    };
  }
}

function weatherOf({ latencyMs = [5, 50], loss = 0, reorder = 0 }: Simulation): Weather {
  return { latencyMs, loss, reorder };
}

/** Returns the script, and the faults that strike while it runs, in the order in which they come. */
function withFaults({ topology, partitions = 0, crashes = 0 }: Simulation, script: Script, random: Random): Action[] {
  const withinMs = Math.max(script.at(-1)?.at ?? 0, LEAST_FAULT_TIME_MS);
  const faults = drawFaults(topology, { partitions, crashes }, withinMs, random);
  return [...script, ...faults].sort((a, b) => a.at - b.at);
}
