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
  readonly log: Log;
}

/** The subscriber to changes that the core must learn. */
export interface HealthObserver {
  /** Called when the advertised health of agents on a server changes. */
  readonly onHealth: (server: string, isMeant: (agent: string) => boolean) => void;
  readonly onUsable: (nextHop: string, usable: boolean) => void;
}

/**
 * Connects probes and calls. A breaker that opens makes its server unhealthy, and a successful probe of the server
 * closes it.
 */
export class ServerHealth {
  readonly monitor: Monitor;
  readonly breakers: Breakers;
  readonly #log: Log;
  readonly #names: ReadonlyMap<string, string>;
  readonly #urls: ReadonlyMap<string, string>;
  #observer: HealthObserver | undefined;

  constructor({ servers, health, probe, onListing, log }: ServerHealthOptions) {
    this.#log = log;
    this.#names = new Map(servers.map(({ name, url }) => [url, name]));
    this.#urls = new Map(servers.map(({ name, url }) => [name, url]));
    const watched = servers.map(({ name, url }) => ({
      name,
      probe: (signal: AbortSignal) => probe(url, signal, (text) => onListing(name, text)),
    }));
    this.monitor = new Monitor(watched, {
      intervalMs: health.intervalMs,
      timeoutMs: health.timeoutMs,
      random: Math.random,
      onChange: (change) => {
        this.#observer?.onHealth(change.server, (agent) => this.monitor.concerns(change, agent));
      },
      onProbe: (server, alive) => {
        this.breakers.signOfLife(this.#urls.get(server) ?? '', alive);
      },
    });
    this.breakers = new Breakers({
      rules: { failures: health.failures, openMs: health.restMs },
      now: () => performance.now(),
      tryOut: (nextHop) => {
        const name = this.#names.get(nextHop);
        return name === undefined ? undefined : this.monitor.probe(name);
      },
      onChange: (nextHop, usable) => {
        this.#changed(nextHop, usable);
      },
    });
  }

  /** Begins to probe; changes from now on are reported to the observer. */
  start(observer: HealthObserver): void {
    this.#observer = observer;
    this.monitor.start();
  }

  stop(): void {
    this.monitor.stop();
    this.breakers.stop();
  }

  readonly admit: Breakers['admit'] = (nextHop) => this.breakers.admit(nextHop);

  readonly isProbed: Breakers['isProbed'] = (nextHop) => this.breakers.isProbed(nextHop);

  /** Ends the pause of a next hop that has begun to answer. */
  signOfLife(nextHop: string): void {
    this.breakers.signOfLife(nextHop, true);
  }

  /** Measures a call of an agent if its next hop is one of our own servers. */
  called(nextHop: string, agent: string, sample: Sample): void {
    const server = this.#names.get(nextHop);
    if (server !== undefined) this.monitor.called(server, agent, sample);
  }

  #changed(nextHop: string, usable: boolean): void {
    this.#log(usable ? { event: 'next-hop-usable', nextHop } : { event: 'next-hop-resting', nextHop });
    this.#observer?.onUsable(nextHop, usable);
    const name = this.#names.get(nextHop);
    if (name !== undefined) this.monitor.usable(name, usable);
  }
}
