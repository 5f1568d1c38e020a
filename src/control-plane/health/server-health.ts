import { Breakers } from './breakers.ts';
import { Monitor, type MonitoredServer } from './monitor.ts';
import type { Sample } from './score.ts';
import type { Log } from '../../base/telemetry/log-event.ts';

export interface HealthLimits {
  readonly intervalMs: number;
  /** Time limit of one probe. */
  readonly timeoutMs: number;
  /** Number of consecutive failures that pause a next hop. */
  readonly failures: number;
  /** Length of the first pause. */
  readonly restMs: number;
}

export interface ServerHealthOptions {
  readonly servers: readonly { readonly name: string; readonly url: string }[];
  readonly health: HealthLimits;
  /** Measures the server at a URL. `isListing` receives the text of its listing. */
  readonly probe: (
    url: string,
    signal: AbortSignal,
    isListing: (text: string) => boolean,
  ) => ReturnType<MonitoredServer['probe']>;
  /** Receives the text that a server lists when it is probed. Returns true if it is a listing. */
  readonly onListing: (server: string, text: string) => boolean;
  /** Called when the advertised health of agents on a server changes. */
  readonly onHealth: (server: string, isMeant: (agent: string) => boolean) => void;
  readonly onUsable: (nextHop: string, usable: boolean) => void;
  readonly log: Log;
}

/** Monitor of our own servers, and a breaker for every next hop. */
export interface ServerHealth {
  readonly monitor: Monitor;
  readonly breakers: Breakers;
  readonly admit: Breakers['admit'];
  readonly isProbed: Breakers['isProbed'];
  /** Ends the pause of a next hop that has begun to answer. */
  readonly signOfLife: (nextHop: string) => void;
  /** Measures a call of an agent if its next hop is one of our own servers. */
  readonly called: (nextHop: string, agent: string, sample: Sample) => void;
}

/**
 * Connects probes and calls. A breaker that opens makes its server unhealthy, and a successful probe of the server
 * closes it.
 */
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
  return {
    monitor,
    breakers,
    admit: (nextHop) => breakers.admit(nextHop),
    isProbed: (nextHop) => breakers.isProbed(nextHop),
    signOfLife: (nextHop) => {
      breakers.signOfLife(nextHop, true);
    },
    called: (nextHop, agent, sample) => {
      const server = names.get(nextHop);
      if (server !== undefined) monitor.called(server, agent, sample);
    },
  };
}
