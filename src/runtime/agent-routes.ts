import type { Draw, Origination, Stub } from '../bgp/event.ts';
import { capabilityNlri } from '../bgp/packet/nlri.ts';
import type { ServerConfig } from '../config/config.ts';
import type { AgentChanges } from '../discovery/agent-changes.ts';
import type { DiscoveredAgent } from '../discovery/source.ts';
import type { Log } from '../telemetry/log-event.ts';
import { drawLife } from '../speaker/life.ts';
import type { Driver } from '../speaker/driver.ts';
import { origination, type RouteHealth } from './origination.ts';

export interface AgentRoutesOptions {
  readonly driver: Driver;
  readonly servers: readonly ServerConfig[];
  readonly healthOf: (server: string, agent: string) => RouteHealth;
  readonly log: Log;
}

interface Announced {
  readonly stub: Stub;
  readonly server: ServerConfig;
  readonly agents: Map<string, { readonly agent: DiscoveredAgent; readonly originTime: number }>;
}

/** Turns what discovery finds on the configured servers, and what is measured of it, into routes. */
export class AgentRoutes {
  readonly #driver: Driver;
  readonly #servers: ReadonlyMap<string, Announced>;
  readonly #healthOf: AgentRoutesOptions['healthOf'];
  /** One time for all routes of the first round, so that the configured order decides ties and not who answered first. */
  readonly #firstRoundTime = Date.now();
  readonly #log: Log;

  constructor({ driver, servers, healthOf, log }: AgentRoutesOptions) {
    this.#driver = driver;
    this.#servers = new Map(
      servers.map((server, rank) => [server.name, { server, stub: stubOf(server, rank), agents: new Map() }]),
    );
    this.#healthOf = healthOf;
    this.#log = log;
  }

  take(name: string, { added, changed, withdrawn }: AgentChanges, inFirstRound: boolean): void {
    const known = this.#servers.get(name);
    if (known === undefined) return;
    const { stub, agents } = known;
    const time = inFirstRound ? this.#firstRoundTime : Date.now();
    for (const agent of [...added, ...changed]) {
      agents.set(agent.id, { agent, originTime: agents.get(agent.id)?.originTime ?? time });
    }
    const announced = [...added, ...changed].flatMap(({ id }) => this.#origination(known, id));
    if (announced.length > 0) {
      this.#driver.raise({ type: 'RoutesOriginated', stub, agents: announced, draws: draws(announced) });
    }
    for (const id of withdrawn) agents.delete(id);
    if (withdrawn.length > 0) this.#driver.raise({ type: 'RoutesEnded', stub: stub.id, agents: withdrawn });
    const ids = (some: readonly { readonly id: string }[]): string[] => some.map(({ id }) => id);
    this.#log({ event: 'agents-changed', server: name, added: ids(added), changed: ids(changed), withdrawn });
  }

  /** Announces agents of a server anew, because their health has changed; their lives go on. */
  remeasured(name: string, isMeant: (agent: string) => boolean): void {
    const known = this.#servers.get(name);
    if (known === undefined) return;
    const agents = [...known.agents.keys()].filter(isMeant).flatMap((id) => this.#origination(known, id));
    if (agents.length > 0) this.#driver.raise({ type: 'RoutesOriginated', stub: known.stub, agents, draws: [] });
  }

  #origination({ server, agents }: Announced, id: string): Origination[] {
    const found = agents.get(id);
    if (found === undefined) return [];
    return [origination(found.agent, server, found.originTime, this.#healthOf(server.name, id))];
  }
}

function stubOf({ name, asn, url, weight = 1, damping }: ServerConfig, rank: number): Stub {
  return { id: name, asn, nextHop: url, rank, weight, damping };
}

/** A life for everything that these agents may begin to be announced by; what goes on has its own already. */
function draws(agents: readonly Origination[]): Draw[] {
  const nlris = agents.flatMap(({ agent, capabilities }) => [agent, ...capabilities.map(capabilityNlri)]);
  return [...new Set(nlris)].map(drawLife);
}
