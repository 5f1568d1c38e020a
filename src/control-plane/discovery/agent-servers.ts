import { setTimeout as elapsed } from 'node:timers/promises';
import type { Asn } from '../../core/bgp/packet/asn.ts';
import { cleanText } from '../../core/bgp/packet/clean-text.ts';
import type { Log } from '../../base/telemetry/log-event.ts';
import type { AgentChanges } from './agent-changes.ts';
import type { ConfiguredServer } from './configured-server.ts';
import { Discovery, type ServerStatus } from './discovery.ts';
import type { Pace } from './pace.ts';
import type { Source } from './source.ts';

/** A configured server and its last answer. */
export interface AgentServer {
  readonly name: string;
  readonly url: string;
  readonly asn: Asn;
  readonly description: string;
  /** The reason why its agents are unknown; undefined if its last answer was a listing. */
  readonly error: string | undefined;
  /** Sentences about parts of its listing that cannot be used. */
  readonly notes: readonly string[];
}

export interface AgentServersOptions {
  readonly servers: readonly Pick<ConfiguredServer, 'name' | 'url' | 'asn' | 'description'>[];
  /** Times between listings and between retries. */
  readonly pace: Pace;
  /** Time limit of one listing, in milliseconds. */
  readonly timeoutMs: number;
  readonly maxAgentsPerServer: number;
  /** Returns the agents of the server at a URL. */
  readonly sourceOf: (url: string) => Source;
  readonly log: Log;
}

/** The subscriber to the agents of the servers. */
export interface AgentObserver {
  readonly onAgents: (server: string, changes: AgentChanges, inFirstRound: boolean) => void;
  /** Called after a server has listed its agents. */
  readonly onAnswer: (server: AgentServer) => void;
}

/** Longest time that a list waits for the first round. */
const FIRST_ROUND_MS = 5_000;

/** Maximum length of a server's error. */
const MAX_ERROR_LENGTH = 1_000;

/** The configured servers in their order, kept up to date by discovery. */
export class AgentServers {
  readonly #servers: Map<string, AgentServer>;
  readonly #discovery: Discovery;
  readonly #log: Log;
  /** Servers that have neither answered nor failed yet. */
  readonly #unanswered: Set<string>;
  readonly #stopped = new AbortController();
  /** Resolves when lists no longer wait for the first round. */
  #patience: Promise<void> = Promise.resolve();

  constructor({ servers, pace, timeoutMs, maxAgentsPerServer, sourceOf, log }: AgentServersOptions) {
    this.#log = log;
    this.#servers = new Map(servers.map((server) => [server.name, unasked(server)]));
    this.#unanswered = new Set(this.#servers.keys());
    this.#discovery = new Discovery(
      servers.map(({ name, url }) => ({ name, source: sourceOf(url) })),
      { pace, timeoutMs, maxAgents: maxAgentsPerServer, random: Math.random },
    );
  }

  /** Begins the first round. The observer receives all results from now on. */
  start({ onAgents, onAnswer }: AgentObserver): void {
    this.#discovery.start({
      onAgents: (name, changes) => {
        onAgents(name, changes, this.#unanswered.has(name));
      },
      onStatus: (name, status) => {
        const server = this.#answered(name, status);
        if (server !== undefined && status.status === 'online') onAnswer(server);
      },
    });
    const { signal } = this.#stopped;
    this.#patience = elapsed(FIRST_ROUND_MS, undefined, { signal, ref: false }).catch(() => undefined);
  }

  stop(): void {
    this.#discovery.stop();
    this.#stopped.abort();
  }

  all(): Iterable<AgentServer> {
    return this.#servers.values();
  }

  named(name: string): AgentServer | undefined {
    return this.#servers.get(name);
  }

  /** Resolves when the server has answered or failed for the first time. */
  firstAnswer(name: string): Promise<void> {
    return this.#discovery.firstAnswer(name);
  }

  /** Resolves when the server, or every server, has answered or failed once, at most five seconds after the start. */
  async firstRound(name: string | undefined): Promise<void> {
    const names = name === undefined ? [...this.#servers.keys()] : [name];
    await Promise.race([Promise.all(names.map((one) => this.firstAnswer(one))), this.#patience]);
  }

  /** Asks one server or all servers again. Resolves when each has answered or failed. */
  refresh(name: string | undefined): Promise<void> {
    return this.#discovery.refresh(name);
  }

  /** Reads a listing that a probe has requested, as JSON text. Returns true if it is an object. */
  seen(name: string, text: string): boolean {
    return this.#discovery.seen(name, text);
  }

  /**
   * Asks the server at a URL again because a call could not reach it. Its agents must not stay listed until the next
   * round.
   */
  doubt(url: string): void {
    for (const server of this.#servers.values()) if (server.url === url) void this.refresh(server.name);
  }

  #answered(name: string, status: ServerStatus): AgentServer | undefined {
    this.#unanswered.delete(name);
    const server = this.#servers.get(name);
    if (server === undefined) return undefined;
    const [error, notes] =
      status.status === 'error' ? [cleanText(status.error, MAX_ERROR_LENGTH), []] : [undefined, status.notes];
    this.#servers.set(name, { ...server, error, notes });
    const { url } = server;
    if (error !== undefined) {
      if (error !== server.error) this.#log({ event: 'server-error', server: name, url, error });
    } else if (server.error !== undefined) this.#log({ event: 'server-online', server: name, url });
    for (const note of notes) {
      if (!server.notes.includes(note)) this.#log({ event: 'agents-dropped', server: name, reason: note });
    }
    return server;
  }
}

function unasked({ name, url, asn, description }: AgentServersOptions['servers'][number]): AgentServer {
  return { name, url, asn, description, error: 'it has not answered yet', notes: [] };
}
