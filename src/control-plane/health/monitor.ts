import { HealthTable, type HealthChange } from './health-table.ts';
import type { Load, Sample, Told } from './score.ts';

export interface MonitoredServer {
  readonly name: string;
  /** Probes the server. Rejects if the server does not answer properly. */
  readonly probe: (signal: AbortSignal) => Promise<{ readonly responseTimeMs: number; readonly load: Load }>;
}

export interface MonitorOptions {
  readonly intervalMs: number;
  /** Time limit of one probe. */
  readonly timeoutMs: number;
  /** Returns a number from [0, 1). */
  readonly random: () => number;
  /** Called when a server's health must be advertised anew. */
  readonly onChange: (change: HealthChange) => void;
  /** Called after every probe. */
  readonly onProbe: (server: string, succeeded: boolean) => void;
}

interface Watched extends MonitoredServer {
  failures: number;
  /** Time of the last successful call of its agents. */
  calledAt: number;
  timer: NodeJS.Timeout | undefined;
  probing: Promise<boolean> | undefined;
}

/** Interval between probes of an unhealthy server, so that its recovery is noticed soon. */
const AILING_INTERVAL_MS = 5_000;

/** Time before the first probe after a failure. It doubles with each further failure. */
const RETRY_MS = 1_000;

const REVIEW_MS = 1_000;

/** Measures our own servers with probes and with the outcomes of calls. */
export class Monitor {
  readonly #options: MonitorOptions;
  readonly #table: HealthTable;
  readonly #servers: ReadonlyMap<string, Watched>;
  readonly #stopped = new AbortController();
  #review: NodeJS.Timeout | undefined;

  constructor(servers: readonly MonitoredServer[], options: MonitorOptions) {
    this.#options = options;
    this.#table = new HealthTable(servers.map(({ name }) => name));
    this.#servers = new Map(
      servers.map((server) => [
        server.name,
        { ...server, failures: 0, calledAt: -Infinity, timer: undefined, probing: undefined },
      ]),
    );
  }

  start(): void {
    this.#review = setInterval(() => {
      this.#tell(this.#table.review(performance.now()));
    }, REVIEW_MS);
    const first = Math.min(this.#options.intervalMs, AILING_INTERVAL_MS);
    for (const server of this.#servers.values()) this.#schedule(server, first);
  }

  stop(): void {
    this.#stopped.abort();
    clearInterval(this.#review);
    for (const { timer } of this.#servers.values()) clearTimeout(timer);
  }

  told(server: string, agent: string): Told {
    return this.#table.told(server, agent);
  }

  /** Returns true if calls should prefer another copy of an agent. */
  avoids(server: string, agent: string): boolean {
    return this.#table.isAvoided(server, agent);
  }

  /**
   * Returns true if a change concerns an agent. A change of the whole server does not concern an agent that calls have
   * measured.
   */
  concerns({ server, agent }: HealthChange, candidate: string): boolean {
    return agent === undefined ? !this.#table.isCalled(server, candidate) : agent === candidate;
  }

  /** Records the outcome of a call of an agent. */
  called(server: string, agent: string, sample: Sample): void {
    const now = performance.now();
    const watched = this.#servers.get(server);
    if (watched !== undefined && sample.succeeded === true) watched.calledAt = now;
    if (this.#table.called(server, agent, sample, now)) this.#tell([{ server, agent }]);
  }

  /** Records whether a server may be called. */
  usable(server: string, usable: boolean): void {
    this.#table.answers(server, usable);
    this.#tell(this.#table.review(performance.now()));
  }

  forget(server: string, agents: readonly string[]): void {
    this.#table.forget(server, agents);
  }

  /** Probes a server now, or joins the running probe. Resolves with true if it answered. */
  probe(name: string): Promise<boolean> {
    const server = this.#servers.get(name);
    if (server === undefined) return Promise.resolve(false);
    server.probing ??= this.#probe(server).finally(() => {
      server.probing = undefined;
    });
    return server.probing;
  }

  async #probe(server: Watched): Promise<boolean> {
    clearTimeout(server.timer);
    const succeeded = await this.#ask(server);
    if (this.#stopped.signal.aborted) return false;
    server.failures = succeeded ? 0 : server.failures + 1;
    this.#options.onProbe(server.name, succeeded);
    this.#tell(this.#table.review(performance.now()));
    this.#schedule(server, this.#delayMs(server));
    return succeeded;
  }

  async #ask({ name, probe }: Watched): Promise<boolean> {
    const { timeoutMs } = this.#options;
    const deadline = new AbortController();
    const timer = setTimeout(() => {
      deadline.abort(new DOMException('The deadline has passed.', 'TimeoutError'));
    }, timeoutMs);
    try {
      const { responseTimeMs, load } = await probe(AbortSignal.any([this.#stopped.signal, deadline.signal]));
      this.#table.probed(name, { responseTimeMs, succeeded: true }, load);
      return true;
    } catch {
      const responseTimeMs = deadline.signal.aborted ? timeoutMs : undefined;
      this.#table.probed(name, { responseTimeMs, succeeded: false }, undefined);
      return false;
    } finally {
      clearTimeout(timer);
    }
  }

  #schedule(server: Watched, delayMs: number): void {
    const delay = delayMs * (0.75 + this.#options.random() / 2);
    server.timer = setTimeout(() => void this.probe(server.name), delay);
  }

  #delayMs({ name, failures, calledAt }: Watched): number {
    const { intervalMs } = this.#options;
    if (failures > 0) return Math.min(intervalMs, RETRY_MS * 2 ** Math.min(failures - 1, 16));
    // Calls already measure a server that is in use.
    const isIdle = performance.now() - calledAt > AILING_INTERVAL_MS;
    return isIdle && this.#table.isAiling(name) ? Math.min(intervalMs, AILING_INTERVAL_MS) : intervalMs;
  }

  #tell(changes: readonly HealthChange[]): void {
    for (const change of changes) this.#options.onChange(change);
  }
}
