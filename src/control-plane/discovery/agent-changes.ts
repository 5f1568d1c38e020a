import type { DiscoveredAgent } from './source.ts';

/** Changes that one answer of a server makes. */
export interface AgentChanges {
  readonly added: readonly DiscoveredAgent[];
  readonly changed: readonly DiscoveredAgent[];
  /** Ids of agents that the server no longer has. */
  readonly withdrawn: readonly string[];
}

/** Returns the difference between the known and the listed agents of a server. */
export function agentChanges(
  known: ReadonlyMap<string, DiscoveredAgent>,
  listed: ReadonlyMap<string, DiscoveredAgent>,
): AgentChanges {
  const added: DiscoveredAgent[] = [];
  const changed: DiscoveredAgent[] = [];
  for (const agent of listed.values()) {
    const before = known.get(agent.id);
    if (before === undefined) added.push(agent);
    else if (JSON.stringify(before) !== JSON.stringify(agent)) changed.push(agent);
  }
  return { added, changed, withdrawn: [...known.keys()].filter((id) => !listed.has(id)) };
}

/** Returns true if an answer changes no agent. */
export function isUnchanged(changes: AgentChanges): boolean {
  return changes.added.length + changes.changed.length + changes.withdrawn.length === 0;
}
