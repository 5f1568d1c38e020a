import { hash } from 'node:crypto';
import { Failure } from '../../base/failure/failure.ts';
import { agentChanges, isUnchanged, type AgentChanges } from './agent-changes.ts';
import { delayMs, type Pace } from './pace.ts';
import { Slots } from './slots.ts';
import type { DiscoveredAgent, Listing, Source } from './source.ts';

export interface DiscoveryServer {
  readonly name: string;
  readonly source: Source;
}

/** Result of the last poll of a server. `notes` describe the parts of the answer that were ignored. */
export type ServerStatus =
  | { readonly status: 'online'; readonly notes: readonly string[] }
  | { readonly status: 'error'; readonly error: string };

export interface DiscoveryOptions {
  readonly pace: Pace;
  /** Timeout of one request. */
  readonly timeoutMs: number;
  /** Maximum number of requests that hold a slot at the same time. */
  readonly concurrency?: number;
  /** Maximum number of agents of one server. */
  readonly maxAgents: number;
  /** Returns a random number from [0, 1). */
  readonly random: () => number;
}

/** The subscriber to the results of discovery. */
export interface DiscoveryObserver {
  readonly onAgents: (server: string, changes: AgentChanges) => void;
  /** Called after every answer and every failure, after `onAgents`. */
  readonly onStatus: (server: string, status: ServerStatus) => void;
}

interface Watched {
  readonly name: string;
  readonly source: Source;
  agents: ReadonlyMap<string, DiscoveredAgent>;
  /** Digest of the listing that the agents came from, if another caller requested it. */
  listing: string | undefined;
  failures: number;
  timer: NodeJS.Timeout | undefined;
  /** The running request. */
  asking: Promise<void> | undefined;
  readonly firstAnswer: Promise<void>;
  readonly answered: () => void;
}

const DEFAULT_CONCURRENCY = 16;

/** Time after which a request loses its slot, so that unreachable servers do not delay the others. */
const SLOT_MS = 500;

/** Number of failures in a row after which the agents of a server are still kept, unless it is unreachable. */
const TOLERATED_FAILURES = 1;

/** Polls every server for its agents at its own pace, and reports changes. */
export class Discovery {
  readonly #options: DiscoveryOptions;
  readonly #servers: ReadonlyMap<string, Watched>;
  readonly #slots: Slots;
  readonly #stopped = new AbortController();
  #observer: DiscoveryObserver | undefined;

  constructor(servers: readonly DiscoveryServer[], options: DiscoveryOptions) {
    this.#options = options;
    this.#slots = new Slots(options.concurrency ?? DEFAULT_CONCURRENCY, SLOT_MS);
    this.#servers = new Map(servers.map((server) => [server.name, watched(server)]));
  }

  /** Starts the first round and returns immediately. */
  start(observer: DiscoveryObserver): void {
    this.#observer = observer;
    void this.refresh();
  }

  /** Polls one server, or all, now. Joins a request in progress. Resolves when each has answered or failed. */
  async refresh(server?: string): Promise<void> {
    const chosen = [...this.#servers.values()].filter(({ name }) => server === undefined || name === server);
    await Promise.all(chosen.map((one) => this.#ask(one)));
  }

  /** Resolves when the server has first answered or failed; immediately for an unknown name. */
  async firstAnswer(server: string): Promise<void> {
    await this.#servers.get(server)?.firstAnswer;
  }

  /**
   * Applies the JSON text of a listing that another caller requested from the server. Returns true if the text is an object
   * and the server is known. An invalid listing changes nothing. A repetition of the last listing is not parsed.
   */
  seen(name: string, text: string): boolean {
    const server = this.#servers.get(name);
    if (server === undefined || this.#stopped.signal.aborted) return false;
    const digest = hash('sha256', text, 'base64');
    if (server.listing === digest) return true;
    const raw = objectIn(text);
    if (raw === undefined) return false;
    const listing = listingIn(server, raw);
    if (listing === undefined) return true;
    this.#succeeded(server, listing.agents, listing.notes);
    server.listing = digest;
    server.answered();
    return true;
  }

  /** Stops all requests, timers and reports. */
  stop(): void {
    this.#stopped.abort();
    for (const server of this.#servers.values()) {
      clearTimeout(server.timer);
      server.answered();
    }
  }

  #ask(server: Watched): Promise<void> {
    server.asking ??= this.#slots
      .run(() => this.#askOnce(server))
      .finally(() => {
        server.asking = undefined;
      });
    return server.asking;
  }

  async #askOnce(server: Watched): Promise<void> {
    clearTimeout(server.timer);
    const deadline = new AbortController();
    const timer = setTimeout(() => {
      deadline.abort(new DOMException('The deadline has passed.', 'TimeoutError'));
    }, this.#options.timeoutMs);
    const signal = AbortSignal.any([this.#stopped.signal, deadline.signal]);
    try {
      signal.throwIfAborted();
      const { agents, notes } = await server.source.list(signal);
      this.#succeeded(server, agents, notes);
    } catch (error) {
      this.#failed(server, error);
    } finally {
      clearTimeout(timer);
      this.#schedule(server);
      server.answered();
    }
  }

  #succeeded(server: Watched, agents: readonly DiscoveredAgent[], notes: readonly string[]): void {
    if (this.#stopped.signal.aborted) return;
    const { maxAgents } = this.#options;
    const excess = `The server lists ${agents.length} agents, but only the first ${maxAgents} are used; raise discovery.maxAgentsPerServer to use more.`;
    server.failures = 0;
    server.listing = undefined;
    this.#replaceAgents(server, agents.slice(0, maxAgents));
    this.#observer?.onStatus(server.name, {
      status: 'online',
      notes: agents.length > maxAgents ? [...notes, excess] : notes,
    });
  }

  #failed(server: Watched, error: unknown): void {
    if (this.#stopped.signal.aborted) return;
    server.failures += 1;
    server.listing = undefined;
    if (isGone(error) || server.failures > TOLERATED_FAILURES) this.#replaceAgents(server, []);
    this.#observer?.onStatus(server.name, {
      status: 'error',
      error: error instanceof Error ? error.message : String(error),
    });
  }

  #replaceAgents(server: Watched, agents: readonly DiscoveredAgent[]): void {
    const listed = new Map(agents.map((agent) => [agent.id, agent]));
    const changes = agentChanges(server.agents, listed);
    server.agents = listed;
    if (!isUnchanged(changes)) this.#observer?.onAgents(server.name, changes);
  }

  #schedule(server: Watched): void {
    if (this.#stopped.signal.aborted) return;
    const delay = delayMs(this.#options.pace, server.failures, this.#options.random());
    server.timer = setTimeout(() => void this.#ask(server), delay);
  }
}

function watched({ name, source }: DiscoveryServer): Watched {
  let answered = (): void => undefined;
  const firstAnswer = new Promise<void>((resolve) => {
    answered = resolve;
  });
  const unasked = { agents: new Map(), listing: undefined, failures: 0, timer: undefined, asking: undefined };
  return { name, source, ...unasked, firstAnswer, answered };
}

function objectIn(text: string): object | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function listingIn({ source }: Watched, raw: object): Listing | undefined {
  try {
    return source.read(raw);
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

/**
 * Returns true if no process listens at the server. Its agents are dropped after one failure, because they cannot be
 * called.
 */
function isGone(error: unknown): boolean {
  return error instanceof Failure && error.code === 'SERVER_UNAVAILABLE' && error.reached === 'no';
}
