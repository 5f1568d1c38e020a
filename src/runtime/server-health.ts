import type { HealthConfig, ServerConfig } from '../config/config.ts';
import { Breakers } from '../health/breakers.ts';
import { Monitor, type MonitoredServer } from '../health/monitor.ts';
import type { Log } from '../telemetry/log-event.ts';

export interface ServerHealthOptions {
  readonly servers: readonly ServerConfig[];
  readonly health: HealthConfig;
  /** Measures the server at a URL; `isListing` takes in what it lists. */
  readonly probe: (
    url: string,
    signal: AbortSignal,
    isListing: (text: string) => boolean,
  ) => ReturnType<MonitoredServer['probe']>;
  /** Takes in what a server lists when it is probed; whether it is a listing at all. */
  readonly onListing: (server: string, text: string) => boolean;
  /** What others are told of agents of a server has changed. */
  readonly onHealth: (server: string, isMeant: (agent: string) => boolean) => void;
  readonly onUsable: (nextHop: string, usable: boolean) => void;
  readonly log: Log;
}

/** The own servers under observation, and a breaker for every next hop. */
export interface ServerHealth {
  readonly monitor: Monitor;
  readonly breakers: Breakers;
  /** The server at a next hop, if it is one of the own. */
  readonly serverAt: (nextHop: string) => string | undefined;
}

/** Joins what probes and calls say of a server: a breaker that opens makes it unhealthy, and its probes close it again. */
export function serverHealth(options: ServerHealthOptions): ServerHealth {
  const { servers, health, probe, onListing, onHealth, onUsable, log } = options;
  const names = new Map(servers.map(({ name, url }) => [url, name]));
  const urls = new Map(servers.map(({ name, url }) => [name, url]));
  const breakers = new Breakers({
    rules: { failures: health.failures, openMs: health.restMs },
    now: () => performance.now(),
    tryOut: (nextHop) => {
      const name = names.get(nextHop);
      return name === undefined ? undefined : monitor.probe(name);
    },
    onChange: (nextHop, usable) => {
      log(usable ? { event: 'next-hop-usable', nextHop } : { event: 'next-hop-resting', nextHop });
      onUsable(nextHop, usable);
      const name = names.get(nextHop);
      if (name !== undefined) monitor.usable(name, usable);
    },
  });
  const watched = servers.map(({ name, url }) => ({
    name,
    probe: (signal: AbortSignal) => probe(url, signal, (text) => onListing(name, text)),
  }));
  const monitor = new Monitor(watched, {
    intervalMs: health.intervalMs,
    timeoutMs: health.timeoutMs,
    random: Math.random,
    onChange: (change) => {
      onHealth(change.server, (agent) => monitor.concerns(change, agent));
    },
    onProbe: (server, alive) => {
      breakers.signOfLife(urls.get(server) ?? '', alive);
    },
  });
  return { monitor, breakers, serverAt: (nextHop) => names.get(nextHop) };
}
