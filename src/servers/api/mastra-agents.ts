import type { AgentCall, AgentChunk, AgentClient, AgentReply, StreamReply } from './agent-client.ts';
import { RouterRefused } from '../../base/failure/router-refusal.ts';
import { LegacyCallsWanted, MastraConnection } from './mastra-connection.ts';
import { LegacyMastra } from './legacy-mastra.ts';
import { CurrentMastra } from './current-mastra.ts';
import { shownText, type Shown } from './shown-text.ts';

/**
 * The agents of one Mastra server of any generation. A call uses the current API first. If the server reports that the
 * model needs legacy calls, and lists it as such, the agent has not run. The call is then retried with the legacy API,
 * which stays in use until such a call fails. A router reports itself whether the agent has run.
 */
export class MastraAgents implements AgentClient {
  readonly #connection: MastraConnection;
  readonly #current: AgentClient;
  readonly #legacy: AgentClient;
  readonly #legacyAgents = new Set<string>();

  constructor(baseUrl: string, fetch: typeof globalThis.fetch, shown: Shown = shownText) {
    this.#connection = new MastraConnection(baseUrl, fetch, shown);
    this.#current = new CurrentMastra(this.#connection);
    this.#legacy = new LegacyMastra(this.#connection);
  }

  generate(call: AgentCall): Promise<AgentReply> {
    return this.#ask(call, (client) => client.generate(call));
  }

  stream(call: AgentCall, onChunk: (chunk: AgentChunk) => void): Promise<StreamReply> {
    return this.#ask(call, (client) => client.stream(call, onChunk));
  }

  async #ask<T>(call: AgentCall, ask: (client: AgentClient) => Promise<T>): Promise<T> {
    if (call.isLegacy === true || this.#legacyAgents.has(call.agentId)) return this.#askLegacy(call, ask);
    try {
      return await ask(this.#current);
    } catch (error) {
      if (!(error instanceof LegacyCallsWanted)) throw error;
      const isCertain = error.failure instanceof RouterRefused && error.failure.reached === 'no';
      if (!isCertain && !(await this.#connection.hasLegacyModel(call.agentId, call.signal))) throw error.failure;
      return this.#askLegacy(call, ask);
    }
  }

  async #askLegacy<T>({ agentId }: AgentCall, ask: (client: AgentClient) => Promise<T>): Promise<T> {
    try {
      const reply = await ask(this.#legacy);
      this.#legacyAgents.add(agentId);
      return reply;
    } catch (error) {
      this.#legacyAgents.delete(agentId);
      throw error instanceof LegacyCallsWanted ? error.failure : error;
    }
  }
}
