import { MAX_MED } from '../../core/bgp/packet/attributes.ts';
import {
  faded,
  isAvoided,
  moved,
  NO_LOAD,
  rawMed,
  retold,
  UNMEASURED,
  UNTOLD,
  type Averages,
  type Load,
  type Sample,
  type Told,
} from './score.ts';

/** A change of a server's health that must be advertised: of one agent, or of all agents that no call has measured. */
export interface HealthChange {
  readonly server: string;
  readonly agent: string | undefined;
}

interface ServerHealth {
  probed: Averages;
  load: Load;
  /** True if the server answers. */
  answers: boolean;
  /** Advertised health of agents that were never called. */
  told: Told;
  readonly agents: Map<string, AgentHealth>;
}

interface AgentHealth {
  called: Averages;
  calledAt: number;
  told: Told;
  /** True if calls prefer other copies. */
  avoided: boolean;
}

/** A copy that was called within this time is in use. */
const IN_USE_MS = 10_000;

/** Measurements of our own servers and agents, and the health that is advertised. The caller passes the time. */
export class HealthTable {
  readonly #servers: ReadonlyMap<string, ServerHealth>;

  constructor(servers: readonly string[]) {
    this.#servers = new Map(
      servers.map((name) => [
        name,
        { probed: UNMEASURED, load: NO_LOAD, answers: true, told: UNTOLD, agents: new Map() },
      ]),
    );
  }

  /** Returns the advertised health of an agent. */
  told(server: string, agent: string): Told {
    const health = this.#servers.get(server);
    return health?.agents.get(agent)?.told ?? health?.told ?? UNTOLD;
  }

  /** Returns true if calls have measured the agent itself. */
  isCalled(server: string, agent: string): boolean {
    return this.#servers.get(server)?.agents.has(agent) === true;
  }

  /** Returns true if calls should prefer another copy of an agent, whatever health is advertised. */
  isAvoided(server: string, agent: string): boolean {
    return this.#servers.get(server)?.agents.get(agent)?.avoided === true;
  }

  /** Returns true if the server or an agent on it is advertised as unhealthy. */
  isAiling(server: string): boolean {
    const health = this.#servers.get(server);
    if (health === undefined) return false;
    return health.told.med > 0 || [...health.agents.values()].some(({ told }) => told.med > 0);
  }

  /** Records the outcome of a call. Returns true if the agent's health must be advertised anew. */
  called(server: string, agent: string, sample: Sample, now: number): boolean {
    const health = this.#servers.get(server);
    if (health === undefined) return false;
    const known = health.agents.get(agent);
    const called = moved(known?.called ?? health.probed, sample);
    health.agents.set(agent, {
      called,
      calledAt: now,
      told: known?.told ?? health.told,
      avoided: known?.avoided ?? false,
    });
    return this.#reviewAgent(health, agent, now);
  }

  /** Records the outcome of a probe. `load` is the load that the server reports; undefined if it did not answer. */
  probed(server: string, sample: Sample, load: Load | undefined): void {
    const health = this.#servers.get(server);
    if (health === undefined) return;
    health.probed = moved(health.probed, sample);
    health.load = load ?? health.load;
  }

  /**
   * Records whether a server answers. A server that is back starts without measurements, because the earlier ones no
   * longer apply.
   */
  answers(server: string, answers: boolean): void {
    const health = this.#servers.get(server);
    if (health === undefined) return;
    health.answers = answers;
    if (!answers) return;
    health.probed = UNMEASURED;
    for (const agent of health.agents.values()) agent.called = UNMEASURED;
  }

  /** Forgets agents that a server no longer has. */
  forget(server: string, agents: readonly string[]): void {
    for (const agent of agents) this.#servers.get(server)?.agents.delete(agent);
  }

  /** Returns the changes that must be advertised now, and counts them as advertised. */
  review(now: number): HealthChange[] {
    const changes: HealthChange[] = [];
    for (const [server, health] of this.#servers) {
      const { told } = health;
      if (health.probed !== UNMEASURED || told !== UNTOLD || !health.answers) {
        health.told = retell(health, told, health.probed, now);
      }
      if (health.told !== told) changes.push({ server, agent: undefined });
      for (const agent of health.agents.keys())
        if (this.#reviewAgent(health, agent, now)) changes.push({ server, agent });
    }
    return changes;
  }

  #reviewAgent(health: ServerHealth, agent: string, now: number): boolean {
    const known = health.agents.get(agent);
    if (known === undefined) return false;
    const inUse = this.#bestInUse(agent, known, now);
    const { told } = known;
    const current = faded(known.called, health.probed, inUse, now - known.calledAt);
    known.avoided = isAvoided(current, inUse, known.avoided);
    known.told = retell(health, told, current, now);
    return known.told !== told;
  }

  /** Returns the best averages among the other copies of an agent that are in use. */
  #bestInUse(agent: string, except: AgentHealth, now: number): Averages | undefined {
    let best: Averages | undefined;
    for (const { agents } of this.#servers.values()) {
      const copy = agents.get(agent);
      if (copy === undefined || copy === except || now - copy.calledAt > IN_USE_MS) continue;
      if (best === undefined || rawMed(copy.called, NO_LOAD) < rawMed(best, NO_LOAD)) best = copy.called;
    }
    return best;
  }
}

function retell({ answers, load }: ServerHealth, told: Told, averages: Averages, now: number): Told {
  return retold(told, averages, answers ? rawMed(averages, load) : MAX_MED, now);
}
