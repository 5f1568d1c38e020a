import { readFileSync } from 'node:fs';
import { MastraAgents } from '../agents/mastra-agents.ts';
import { createSpeaker, type Speaker } from '../bgp/state.ts';
import { locRib } from '../bgp/view.ts';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load-config.ts';
import { formatProblem } from '../config/problem.ts';
import { MastraSource } from '../discovery/mastra-source.ts';
import { Egress } from '../egress/egress.ts';
import { Forwarder } from '../forwarding/forwarder.ts';
import type { Backend } from '../mcp/backend.ts';
import type { Log } from '../telemetry/log-event.ts';
import { createLogger } from '../telemetry/logger.ts';
import { agentCalls } from './agent-calls.ts';
import { AgentRoutes } from './agent-routes.ts';
import { AgentServers } from './agent-servers.ts';
import { InvalidConfig } from './invalid-config.ts';
import { LiveSpeaker } from './live-speaker.ts';
import { loggedCalls } from './logged-calls.ts';
import { routingTable } from './routing-table.ts';

/** Everything behind the MCP face, at work. */
export interface Router {
  readonly backend: Backend;
  readonly log: Log;
  stop(): void;
}

/** Reads the configuration and sets the router to work; rejects with a `Failure` when the configuration is invalid. */
export async function startRouter(env: NodeJS.ProcessEnv): Promise<Router> {
  const loaded = await loadConfig(env, (path) => readFileSync(path, 'utf8'));
  if (!loaded.ok) {
    const { problems } = loaded;
    createLogger({ level: 'error' })({ event: 'config-invalid', problems: problems.map(formatProblem) });
    throw new InvalidConfig(problems);
  }
  return routerOf(loaded.config);
}

function routerOf(config: Config): Router {
  const { asn, servers, logLevel: level } = config;
  const log = createLogger({ level, secrets: servers.flatMap(({ headers }) => Object.values(headers)) });
  log({ event: 'config-loaded', asn, servers: servers.map(({ name, url }) => `${name}=${url}`) });
  const live = new LiveSpeaker(speakerOf(config));
  const routes = new AgentRoutes(live, servers, log);
  const mayName = (url: string): boolean =>
    config.egress.allowServerUrls.some((base) => `${url}/`.startsWith(`${base}/`));
  const egress = new Egress({
    targets: servers.map(({ url, headers }) => ({ baseUrl: url, headers })),
    allows: ({ href }) => mayName(href),
  });
  const known = new AgentServers({
    config,
    sourceOf: ({ url }) => new MastraSource(url, egress.fetch),
    onAgents: (...found) => {
      routes.take(...found);
    },
    log,
  });
  const clients = new Map(servers.map(({ url }) => [url, new MastraAgents(url, egress.fetch)]));
  const forwarder = new Forwarder({
    ownAsn: asn,
    isAs: (candidate) => candidate === asn || servers.some((server) => server.asn === candidate),
    timeoutMs: config.calls.timeoutMs,
    table: routingTable(live.speaker),
    servers: known,
    directCalls: { permits: mayName },
    nextHops: agentCalls((url) => clients.get(url) ?? new MastraAgents(url, egress.fetch)),
  });
  known.start();
  return {
    backend: {
      call: loggedCalls((request, control) => forwarder.forward(request, control), log),
      directory: {
        asn,
        servers: () => known.all(),
        locRib: () => locRib(live.speaker),
        firstRound: (name) => known.firstRound(name),
        refresh: (name) => known.refresh(name),
      },
    },
    log,
    stop: () => {
      known.stop();
      live.stop();
      void egress.close();
    },
  };
}

/** A router that speaks to nobody yet has no use for more than one path, nor for a router id that lasts. */
function speakerOf({ asn, routerId = '127.0.0.1', policy }: Config): Speaker {
  return createSpeaker({ asn, routerId, clusterId: routerId, policy, aggregates: [], maxPaths: 1, medTolerance: 0 });
}
