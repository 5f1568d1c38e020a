import type { Origination } from '../../core/bgp/state/event.ts';
import type { Performance } from '../../core/bgp/packet/attributes.ts';
import { INFERRED, type Community } from '../../core/bgp/packet/community.ts';
import type { Label } from '../../core/bgp/packet/message.ts';
import type { ConfiguredServer } from './configured-server.ts';
import type { DiscoveredAgent } from './source.ts';

/** Health that a route is announced with. */
export interface RouteHealth {
  readonly med: number;
  readonly averages: Performance | undefined;
}

const FAST_MS = 100;
const SLOW_MS = 1_000;

/** Returns a discovered agent as an event's origination: its own entry, the settings of its server, and its health. */
export function agentOrigination(
  agent: DiscoveredAgent,
  server: ConfiguredServer,
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
  server: ConfiguredServer,
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
