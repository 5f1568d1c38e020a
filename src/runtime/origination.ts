import type { Origination } from '../bgp/state/event.ts';
import type { Performance } from '../bgp/packet/attributes.ts';
import { INFERRED, type Community } from '../bgp/packet/community.ts';
import type { Label } from '../bgp/packet/message.ts';
import type { ServerConfig } from '../config/config.ts';
import type { DiscoveredAgent } from '../discovery/source.ts';

/** How healthy a route is said to be, and what was measured, if anything was. */
export interface RouteHealth {
  readonly med: number;
  readonly averages: Performance | undefined;
}

const FAST_MS = 100;
const SLOW_MS = 1_000;

/** An agent that discovery found, as the core takes it in: what it says of itself, what its server adds, how healthy it is. */
export function origination(
  agent: DiscoveredAgent,
  server: ServerConfig,
  originTime: number,
  { med, averages }: RouteHealth,
): Origination {
  const capabilities = [...server.capabilities, ...agent.capabilities];
  return {
    agent: agent.id,
    label: labelOf(agent),
    capabilities,
    communities: [...communities(agent, server, capabilities), ...speed(averages)],
    ...(server.localPref !== undefined && { localPref: server.localPref }),
    med,
    ...(averages !== undefined && { performance: rounded(averages) }),
    originTime,
  };
}

function labelOf({ name, description, modelVersion }: DiscoveredAgent): Label {
  return { name, description, ...(modelVersion !== undefined && { modelVersion }) };
}

function communities(
  agent: DiscoveredAgent,
  server: ServerConfig,
  capabilities: readonly string[],
): readonly Community[] {
  return [
    ...agentCommunities({ ...agent, capabilities }),
    ...server.communities,
    `server:${server.name}`,
    `as:${server.asn}`,
  ];
}

/** Returns the communities of an agent that follow from its own entry in a listing. */
export function agentCommunities({
  communities: declared,
  capabilities,
  inferred,
}: Pick<DiscoveredAgent, 'communities' | 'capabilities' | 'inferred'>): readonly Community[] {
  return [...declared, ...capabilities.map((path) => `capability:${path}`), ...(inferred ? [INFERRED] : [])];
}

function speed(averages: RouteHealth['averages']): readonly Community[] {
  if (averages === undefined) return [];
  if (averages.responseTimeMs < FAST_MS) return ['performance:fast'];
  return averages.responseTimeMs > SLOW_MS ? ['performance:slow'] : [];
}

function rounded({ responseTimeMs, successRate }: Performance): Performance {
  return { responseTimeMs: Math.round(responseTimeMs), successRate: Math.round(successRate * 1000) / 1000 };
}
