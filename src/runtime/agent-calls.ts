import type { AgentCall, AgentChunk, AgentClient, AgentReply, StreamReply } from '../agents/agent-client.ts';
import type { Conversation } from '../forwarding/call.ts';
import type { NextHops } from '../forwarding/ports.ts';

/** Lets forwarding call agents at a next hop through the client for it. */
export function agentCalls(
  clientFor: (baseUrl: string) => AgentClient,
): NextHops<AgentReply | StreamReply, AgentChunk> {
  return {
    call: (nextHop, agentId, said, { signal, onChunk }) => {
      const client = clientFor(nextHop);
      const call = agentCall(agentId, said, signal);
      return said.interactionType === 'stream' ? client.stream(call, onChunk) : client.generate(call);
    },
  };
}

function agentCall(agentId: string, said: Conversation, signal: AbortSignal): AgentCall {
  const { messages, threadId, resourceId, agentOptions, includeRaw } = said;
  return {
    agentId,
    messages,
    signal,
    ...(threadId !== undefined && { threadId }),
    ...(resourceId !== undefined && { resourceId }),
    ...(agentOptions !== undefined && { options: agentOptions }),
    ...(includeRaw !== undefined && { includeRaw }),
  };
}
