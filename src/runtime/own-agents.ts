import type { Config } from '../base/config/config.ts';
import { AgentRoutes } from '../control-plane/discovery/agent-routes.ts';
import { AgentServers } from '../control-plane/discovery/agent-servers.ts';
import type { Driver } from '../control-plane/speaker/driver.ts';
import { drawLife } from '../control-plane/speaker/draw-life.ts';
import type { Log } from '../base/telemetry/log-event.ts';
import type { ServerClient } from '../servers/server-client.ts';
import { ServerHealth } from '../control-plane/health/server-health.ts';

/** The agents and the health of the configured servers. */
export interface OwnAgents {
  readonly servers: AgentServers;
  readonly health: ServerHealth;
  readonly start: () => void;
  readonly stop: () => void;
}

/** Finds the agents of the configured servers, measures the servers, and announces both as routes. */
export function ownAgents(
  config: Config,
  driver: Driver,
  clientAt: (url: string) => ServerClient,
  log: Log,
): OwnAgents {
  const { timeoutMs, maxAgentsPerServer, ...pace } = config.discovery;
  const servers = new AgentServers({
    servers: config.servers,
    pace,
    timeoutMs,
    maxAgentsPerServer,
    sourceOf: clientAt,
    log,
  });
  const health = new ServerHealth({
    servers: config.servers,
    health: config.health,
    probe: (url, ...rest) => clientAt(url).probe(...rest),
    onListing: (server, text) => servers.seen(server, text),
    log,
  });
  const routes = new AgentRoutes({
    servers: config.servers,
    raise: (event) => {
      driver.raise(event);
    },
    drawLife,
    healthOf: (server, agent) => health.monitor.told(server, agent),
    log,
  });
  return {
    servers,
    health,
    start: () => {
      servers.start({
        onAgents: (server, changes, inFirstRound) => {
          health.monitor.forget(server, changes.withdrawn);
          routes.take(server, changes, inFirstRound);
        },
        onAnswer: ({ url }) => {
          health.signOfLife(url);
        },
      });
      health.start({
        onHealth: (server, isMeant) => {
          routes.remeasured(server, isMeant);
        },
        onUsable: (nextHop, usable) => {
          driver.raise({ type: 'NextHopChanged', nextHop, usable });
        },
      });
    },
    stop: () => {
      servers.stop();
      health.stop();
    },
  };
}
