import type { DiscoveredAgent } from './source.ts';

/** What one answer of a server changes. */
export interface AgentChanges {
  readonly added: readonly DiscoveredAgent[];
  readonly changed: readonly DiscoveredAgent[];
  /** Ids of agents that the server no longer has. */
  readonly withdrawn: readonly string[];
}

/** The difference between what was known of a server and what it lists now. */
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

/** Whether an answer leaves everything as it was. */
export function isUnchanged(changes: AgentChanges): boolean {
  return changes.added.length + changes.changed.length + changes.withdrawn.length === 0;
}
