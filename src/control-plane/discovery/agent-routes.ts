import type { Draw, Event, Origination, Stub } from '../../core/bgp/state/event.ts';
import { capabilityNlri, type Nlri } from '../../core/bgp/packet/nlri.ts';
import type { Log } from '../../base/telemetry/log-event.ts';
import type { AgentChanges } from './agent-changes.ts';
import { agentOrigination, type RouteHealth } from './agent-origination.ts';
import type { ConfiguredServer } from './configured-server.ts';
import type { DiscoveredAgent } from './source.ts';

export interface AgentRoutesOptions {
  readonly servers: readonly ConfiguredServer[];
  /** Passes an event to the core. */
  readonly raise: (event: Event) => void;
  /** Draws the life of a new route. */
  readonly drawLife: (nlri: Nlri) => Draw;
  readonly healthOf: (server: string, agent: string) => RouteHealth;
  readonly log: Log;
}

interface Announced {
  readonly stub: Stub;
  readonly server: ConfiguredServer;
  readonly agents: Map<string, { readonly agent: DiscoveredAgent; readonly originTime: number }>;
}

/** Announces the agents of the configured servers as routes, with their measured health. */
export class AgentRoutes {
  readonly #raise: AgentRoutesOptions['raise'];
  readonly #drawLife: AgentRoutesOptions['drawLife'];
  readonly #servers: ReadonlyMap<string, Announced>;
  readonly #healthOf: AgentRoutesOptions['healthOf'];
  /**
   * Common origin time of the first round's routes. The configured order then decides ties, not the order of the
   * answers.
   */
  readonly #firstRoundTime = Date.now();
  readonly #log: Log;

  constructor({ servers, raise, drawLife, healthOf, log }: AgentRoutesOptions) {
    this.#raise = raise;
    this.#drawLife = drawLife;
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
      this.#raise({ type: 'RoutesOriginated', stub, agents: announced, draws: this.#draws(announced) });
    }
    for (const id of withdrawn) agents.delete(id);
    if (withdrawn.length > 0) this.#raise({ type: 'RoutesEnded', stub: stub.id, agents: withdrawn });
    const ids = (some: readonly { readonly id: string }[]): string[] => some.map(({ id }) => id);
    this.#log({ event: 'agents-changed', server: name, added: ids(added), changed: ids(changed), withdrawn });
  }

  /** Announces agents of a server again because their health has changed. The lives of their routes continue. */
  remeasured(name: string, isMeant: (agent: string) => boolean): void {
    const known = this.#servers.get(name);
    if (known === undefined) return;
    const agents = [...known.agents.keys()].filter(isMeant).flatMap((id) => this.#origination(known, id));
    if (agents.length > 0) this.#raise({ type: 'RoutesOriginated', stub: known.stub, agents, draws: [] });
  }

  #origination({ server, agents }: Announced, id: string): Origination[] {
    const found = agents.get(id);
    if (found === undefined) return [];
    return [agentOrigination(found.agent, server, found.originTime, this.#healthOf(server.name, id))];
  }

  /** Draws a life for every route that these agents may begin. An existing route keeps its life. */
  #draws(agents: readonly Origination[]): Draw[] {
    const nlris = agents.flatMap(({ agent, capabilities }) => [agent, ...capabilities.map(capabilityNlri)]);
    return [...new Set(nlris)].map(this.#drawLife);
  }
}

function stubOf({ name, asn, url, weight = 1, damping }: ConfiguredServer, rank: number): Stub {
  return { id: name, asn, nextHop: url, rank, weight, damping };
}
