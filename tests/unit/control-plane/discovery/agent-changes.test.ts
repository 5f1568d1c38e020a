import { describe, expect, it } from 'vitest';
import { agentChanges, isUnchanged } from '../../../../src/control-plane/discovery/agent-changes.ts';
import type { DiscoveredAgent } from '../../../../src/control-plane/discovery/source.ts';

function agent(id: string, description = ''): DiscoveredAgent {
  return { id, name: id, description, capabilities: [], inferred: true, communities: [] };
}

function mapOf(...agents: DiscoveredAgent[]): Map<string, DiscoveredAgent> {
  return new Map(agents.map((one) => [one.id, one]));
}

describe('the difference between two listings', () => {
  it('names new, changed and withdrawn agents', () => {
    const changes = agentChanges(
      mapOf(agent('stays'), agent('changes', 'before'), agent('goes')),
      mapOf(agent('stays'), agent('changes', 'after'), agent('comes')),
    );
    expect(changes).toEqual({ added: [agent('comes')], changed: [agent('changes', 'after')], withdrawn: ['goes'] });
    expect(isUnchanged(changes)).toBe(false);
  });

  it('is empty between equal listings in any order', () => {
    expect(isUnchanged(agentChanges(mapOf(agent('a'), agent('b')), mapOf(agent('b'), agent('a'))))).toBe(true);
  });
});
