import { namedAgent } from './named-agent.ts';
import type { DirectAgent } from '../../data-plane/forwarding/ports.ts';
import { agentCommunities } from '../../control-plane/discovery/agent-origination.ts';

/** Asks an unconfigured server which agent a name means. Returns the agent as policy would see a route to it. */
export async function learnAgent(
  baseUrl: string,
  name: string,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal,
): Promise<DirectAgent | undefined> {
  const agent = await namedAgent(baseUrl, name, fetch, signal);
  return agent && { id: agent.id, capabilities: agent.capabilities, communities: agentCommunities(agent) };
}
