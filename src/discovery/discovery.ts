import { Failure } from '../failure.ts';
import { agentChanges, isUnchanged, type AgentChanges } from './agent-changes.ts';
import { delayMs, type Pace } from './pace.ts';
import { Slots } from './slots.ts';
import type { DiscoveredAgent, Source } from './source.ts';

export interface DiscoveryServer {
  readonly name: string;
  readonly source: Source;
}

/** How a server answered last. `notes` say what of an answer could not be used. */
export type ServerStatus =
  | { readonly status: 'online'; readonly notes: readonly string[] }
  | { readonly status: 'error'; readonly error: string };

export interface DiscoveryOptions {
  readonly pace: Pace;
  /** How long one request may take. */
  readonly timeoutMs: number;
  /** How many requests may begin at once. */
  readonly concurrency?: number;
  /** How many agents of one server are used. */
  readonly maxAgents: number;
  /** A number from [0, 1). */
  readonly random: () => number;
  readonly onAgents: (server: string, changes: AgentChanges) => void;
  /** Called after every answer and every failure, after `onAgents`. */
  readonly onStatus: (server: string, status: ServerStatus) => void;
}

interface Watched {
  readonly name: string;
  readonly source: Source;
  agents: ReadonlyMap<string, DiscoveredAgent>;
  failures: number;
  timer: NodeJS.Timeout | undefined;
  /** The request under way. */
  asking: Promise<void> | undefined;
  readonly firstAnswer: Promise<void>;
  readonly answered: () => void;
}

const DEFAULT_CONCURRENCY = 16;

/** A request that takes longer no longer counts, so that dead servers do not delay living ones. */
const SLOT_MS = 500;

/** A server that only fails to answer in time or properly keeps its agents for this many failures. */
const TOLERATED_FAILURES = 1;

/** Asks every server for its agents again and again, each at its own pace, and tells what changed. */
export class Discovery {
  readonly #options: DiscoveryOptions;
  readonly #servers: ReadonlyMap<string, Watched>;
  readonly #slots: Slots;
  readonly #stopped = new AbortController();

  constructor(servers: readonly DiscoveryServer[], options: DiscoveryOptions) {
    this.#options = options;
    this.#slots = new Slots(options.concurrency ?? DEFAULT_CONCURRENCY, SLOT_MS);
    this.#servers = new Map(servers.map((server) => [server.name, watched(server)]));
  }

  /** Begins the first round and returns at once. */
  start(): void {
    void this.refresh();
  }

  /** Asks one server, or all of them, now; resolves when each has answered or failed. Joins a request under way. */
  async refresh(server?: string): Promise<void> {
    const chosen = [...this.#servers.values()].filter(({ name }) => server === undefined || name === server);
    await Promise.all(chosen.map((one) => this.#ask(one)));
  }

  /** Resolves when the server has answered or failed for the first time, and at once for a name that is not watched. */
  async firstAnswer(server: string): Promise<void> {
    await this.#servers.get(server)?.firstAnswer;
  }

  /** Ends all requests and timers; nothing is reported any more. */
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
    const excess = `The server lists ${agents.length} agents and only the first ${maxAgents} are used; raise discovery.maxAgentsPerServer to use more.`;
    server.failures = 0;
    this.#replaceAgents(server, agents.slice(0, maxAgents));
    this.#options.onStatus(server.name, {
      status: 'online',
      notes: agents.length > maxAgents ? [...notes, excess] : notes,
    });
  }

  #failed(server: Watched, error: unknown): void {
    if (this.#stopped.signal.aborted) return;
    server.failures += 1;
    if (isGone(error) || server.failures > TOLERATED_FAILURES) this.#replaceAgents(server, []);
    this.#options.onStatus(server.name, {
      status: 'error',
      error: error instanceof Error ? error.message : String(error),
    });
  }

  #replaceAgents(server: Watched, agents: readonly DiscoveredAgent[]): void {
    const listed = new Map(agents.map((agent) => [agent.id, agent]));
    const changes = agentChanges(server.agents, listed);
    server.agents = listed;
    if (!isUnchanged(changes)) this.#options.onAgents(server.name, changes);
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
  return { name, source, agents: new Map(), failures: 0, timer: undefined, asking: undefined, firstAnswer, answered };
}

/** Whether nobody listens there any more: then waiting for a second failure would only show agents that cannot be called. */
function isGone(error: unknown): boolean {
  return error instanceof Failure && error.code === 'SERVER_UNAVAILABLE' && error.reached === 'no';
}
