import type { Origination } from '../bgp/event.ts';
import { INFERRED, type Community } from '../bgp/packet/community.ts';
import type { ServerConfig } from '../config/config.ts';
import type { DiscoveredAgent } from '../discovery/source.ts';

/** An agent that discovery found, as the core takes it in: what the agent says of itself and what its server adds. */
export function origination(agent: DiscoveredAgent, server: ServerConfig, originTime: number): Origination {
  const capabilities = [...server.capabilities, ...agent.capabilities];
  return {
    agent: agent.id,
    label: { name: agent.name, description: agent.description },
    capabilities,
    communities: communities(agent, server, capabilities),
    ...(server.localPref !== undefined && { localPref: server.localPref }),
    med: 0,
    originTime,
  };
}

function communities(
  agent: DiscoveredAgent,
  server: ServerConfig,
  capabilities: readonly string[],
): readonly Community[] {
  return [
    ...agent.communities,
    ...server.communities,
    `server:${server.name}`,
    `as:${server.asn}`,
    ...capabilities.map((path) => `capability:${path}`),
    ...(agent.inferred ? [INFERRED] : []),
  ];
}
