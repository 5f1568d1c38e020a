import { setTimeout as elapsed } from 'node:timers/promises';
import type { Asn } from '../bgp/packet/asn.ts';
import { cleanText } from '../bgp/packet/clean-text.ts';
import type { Config, ServerConfig } from '../config/config.ts';
import type { AgentChanges } from '../discovery/agent-changes.ts';
import { Discovery, type ServerStatus } from '../discovery/discovery.ts';
import type { Source } from '../discovery/source.ts';
import type { Log } from '../telemetry/log-event.ts';

/** A configured server and how it answered last. */
export interface AgentServer {
  readonly name: string;
  readonly url: string;
  readonly asn: Asn;
  readonly description: string;
  /** Why nothing can be said of its agents, or undefined when it last answered properly. */
  readonly error: string | undefined;
  /** What of its answer could not be used. */
  readonly notes: readonly string[];
}

export interface AgentServersOptions {
  readonly config: Config;
  readonly sourceOf: (server: ServerConfig) => Source;
  readonly onAgents: (server: string, changes: AgentChanges, inFirstRound: boolean) => void;
  /** The server has listed its agents. */
  readonly onAnswer: (server: AgentServer) => void;
  readonly log: Log;
}

/** How long a list waits for the first round. */
const FIRST_ROUND_MS = 5_000;

/** How much is kept of why a server cannot be used. */
const MAX_ERROR_LENGTH = 1_000;

/** The configured servers in their order, kept up to date by discovery. */
export class AgentServers {
  readonly #servers: Map<string, AgentServer>;
  readonly #discovery: Discovery;
  readonly #log: Log;
  /** Servers that have neither answered nor failed yet. */
  readonly #unanswered: Set<string>;
  readonly #stopped = new AbortController();
  /** Over when nobody waits for the first round any more. */
  #patience: Promise<void> = Promise.resolve();

  constructor({ config, sourceOf, onAgents, onAnswer, log }: AgentServersOptions) {
    this.#log = log;
    this.#servers = new Map(config.servers.map((server) => [server.name, unasked(server)]));
    this.#unanswered = new Set(this.#servers.keys());
    const { intervalMs, retries, backoffMs, maxBackoffMs, timeoutMs, maxAgentsPerServer } = config.discovery;
    this.#discovery = new Discovery(
      config.servers.map((server) => ({ name: server.name, source: sourceOf(server) })),
      {
        pace: { intervalMs, retries, backoffMs, maxBackoffMs },
        timeoutMs,
        maxAgents: maxAgentsPerServer,
        random: Math.random,
        onAgents: (name, changes) => {
          onAgents(name, changes, this.#unanswered.has(name));
        },
        onStatus: (name, status) => {
          const server = this.#answered(name, status);
          if (server !== undefined && status.status === 'online') onAnswer(server);
        },
      },
    );
  }

  start(): void {
    this.#discovery.start();
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

  /** Asks the server, or every server, again and resolves when each has answered or failed. */
  refresh(name: string | undefined): Promise<void> {
    return this.#discovery.refresh(name);
  }

  /** Takes in what the server lists, as the JSON text that somebody else has asked for; whether it is an object. */
  seen(name: string, text: string): boolean {
    return this.#discovery.seen(name, text);
  }

  /** Asks the server at a URL again, because a call has found nobody there: its agents shall not be listed until the next round. */
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

function unasked({ name, url, asn, description }: ServerConfig): AgentServer {
  return { name, url, asn, description, error: 'it has not answered yet', notes: [] };
}
