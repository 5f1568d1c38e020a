import type { AgentCall, AgentChunk, AgentClient, AgentReply, StreamReply } from './agent-client.ts';
import { CollectedStream } from './collected-stream.ts';
import { generatedReply } from './generated-reply.ts';
import type { MastraConnection } from './mastra-connection.ts';

/** Calls agents whose model is of the older kind (`modelVersion: 'v1'`), on servers from 0.20 on. */
export class LegacyMastra implements AgentClient {
  readonly #connection: MastraConnection;

  constructor(connection: MastraConnection) {
    this.#connection = connection;
  }

  async generate(call: AgentCall): Promise<AgentReply> {
    const raw = await this.#connection.post({ ...call, action: 'generate-legacy', body: body(call) });
    return generatedReply(raw, call.agentId, this.#connection);
  }

  async stream(call: AgentCall, onChunk: (chunk: AgentChunk) => void): Promise<StreamReply> {
    const collected = new CollectedStream(call, this.#connection, onChunk);
    return collected.read(await this.#connection.postForStream({ ...call, action: 'stream-legacy', body: body(call) }));
  }
}

function body({ messages, options, threadId, resourceId }: AgentCall): Record<string, unknown> {
  return { ...options, messages, threadId, resourceId };
}
