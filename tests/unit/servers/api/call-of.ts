import type { AgentCall } from '../../../../src/servers/api/agent-client.ts';

/** A minimal call of an agent. */
export function callOf(
  { agentId, says }: { readonly agentId: string; readonly says: string },
  signal = new AbortController().signal,
): AgentCall {
  return { agentId, messages: [{ role: 'user', content: says }], signal };
}
