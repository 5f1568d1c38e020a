import { destination } from '../bgp/view.ts';
import type { Draw, Origination, Stub } from '../bgp/event.ts';
import { capabilityNlri } from '../bgp/packet/nlri.ts';
import type { ServerConfig } from '../config/config.ts';
import type { AgentChanges } from '../discovery/agent-changes.ts';
import type { Log } from '../telemetry/log-event.ts';
import { drawLife } from '../peering/life.ts';
import type { Driver } from '../peering/driver.ts';
import { origination } from './origination.ts';

/** Turns what discovery finds on the configured servers into routes. */
export class AgentRoutes {
  readonly #driver: Driver;
  readonly #stubs: ReadonlyMap<string, { readonly stub: Stub; readonly server: ServerConfig }>;
  /** One time for all routes of the first round, so that the configured order decides ties and not who answered first. */
  readonly #firstRoundTime = Date.now();
  readonly #log: Log;

  constructor(driver: Driver, servers: readonly ServerConfig[], log: Log) {
    this.#driver = driver;
    this.#stubs = new Map(servers.map((server, rank) => [server.name, { server, stub: stubOf(server, rank) }]));
    this.#log = log;
  }

  take(name: string, { added, changed, withdrawn }: AgentChanges, inFirstRound: boolean): void {
    const known = this.#stubs.get(name);
    if (known === undefined) return;
    const { stub, server } = known;
    const time = inFirstRound ? this.#firstRoundTime : Date.now();
    const agents = [
      ...added.map((agent) => origination(agent, server, time)),
      ...changed.map((agent) => origination(agent, server, this.#originTime(name, agent.id) ?? time)),
    ];
    if (agents.length > 0) this.#driver.raise({ type: 'RoutesOriginated', stub, agents, draws: draws(agents) });
    if (withdrawn.length > 0) this.#driver.raise({ type: 'RoutesEnded', stub: stub.id, agents: withdrawn });
    const ids = (some: readonly { readonly id: string }[]): string[] => some.map(({ id }) => id);
    this.#log({ event: 'agents-changed', server: name, added: ids(added), changed: ids(changed), withdrawn });
  }

  #originTime(server: string, agent: string): number | undefined {
    const routes = destination(this.#driver.speaker, agent)?.routes ?? [];
    return routes.find(({ source }) => source.kind === 'stub' && source.id === server)?.received.originTime;
  }
}

function stubOf({ name, asn, url }: ServerConfig, rank: number): Stub {
  return { id: name, asn, nextHop: url, rank, weight: 1 };
}

/** A life for everything that these agents may begin to be announced by; what goes on has its own already. */
function draws(agents: readonly Origination[]): Draw[] {
  const nlris = agents.flatMap(({ agent, capabilities }) => [agent, ...capabilities.map(capabilityNlri)]);
  return [...new Set(nlris)].map(drawLife);
}
