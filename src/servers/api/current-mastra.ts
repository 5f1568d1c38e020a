import type { AgentCall, AgentChunk, AgentClient, AgentReply, StreamReply } from './agent-client.ts';
import { CollectedStream } from './collected-stream.ts';
import { generatedReply } from './generated-reply.ts';
import type { MastraConnection } from './mastra-connection.ts';

/**
 * Speaks Mastra 1.x, and 0.20 where the agent's model is of the present kind. Servers of 0.10 take the same calls: they
 * answer a stream in the older form, and look for the thread at the place where later servers ignore it.
 */
export class CurrentMastra implements AgentClient {
  readonly #connection: MastraConnection;

  constructor(connection: MastraConnection) {
    this.#connection = connection;
  }

  async generate(call: AgentCall): Promise<AgentReply> {
    const raw = await this.#connection.post({ ...call, action: 'generate', body: body(call) });
    return generatedReply(raw, call.agentId, this.#connection);
  }

  async stream(call: AgentCall, onChunk: (chunk: AgentChunk) => void): Promise<StreamReply> {
    const collected = new CollectedStream(call, this.#connection, onChunk);
    return collected.read(await this.#connection.postForStream({ ...call, action: 'stream', body: body(call) }));
  }
}

function body({ messages, options, threadId, resourceId }: AgentCall): Record<string, unknown> {
  if (threadId === undefined && resourceId === undefined) return { ...options, messages };
  const memory = {
    ...(options?.['memory'] as object | undefined),
    ...(threadId !== undefined && { thread: threadId }),
    ...(resourceId !== undefined && { resource: resourceId }),
  };
  return { ...options, messages, memory, threadId, resourceId };
}
