import { describe, expect, it } from 'vitest';
import { agentCommunities, agentOrigination } from '../../../../src/control-plane/discovery/agent-origination.ts';

const AGENT = {
  id: 'hiker',
  name: 'Hiker',
  description: 'Plans walks',
  capabilities: ['walking'],
  inferred: false,
  communities: ['team:walks'],
};
const SERVER = {
  name: 'alps',
  url: 'http://alps:4111',
  asn: 65_001,
  description: 'Mountains',
  capabilities: ['travel/alps'],
  communities: ['region:eu'],
};
const HEALTH = { med: 7, averages: undefined };
const COMMUNITIES = [
  'team:walks',
  'capability:travel/alps',
  'capability:walking',
  'region:eu',
  'server:alps',
  'as:65001',
];

const BASE = {
  agent: 'hiker',
  label: { name: 'Hiker', description: 'Plans walks' },
  capabilities: ['travel/alps', 'walking'],
  communities: COMMUNITIES,
  med: 7,
  originTime: 1_000,
};

describe('an agent is announced', () => {
  it.each([
    ['with what it and its server declare', {}, {}, {}],
    ['with the preference of its server', {}, { localPref: 0 }, { localPref: 0 }],
    [
      'with the generation of its model',
      { modelVersion: 'v1' as const },
      {},
      { label: { ...BASE.label, modelVersion: 'v1' } },
    ],
    ['without the weight of its server', {}, { weight: 5 }, {}],
    [
      'with a mark on guessed capabilities',
      { inferred: true },
      {},
      { communities: COMMUNITIES.toSpliced(3, 0, 'inferred') },
    ],
  ])('%s', (_case, ofAgent, ofServer, announced) => {
    const origination = agentOrigination({ ...AGENT, ...ofAgent }, { ...SERVER, ...ofServer }, 1_000, HEALTH);
    expect(origination).toEqual({ ...BASE, ...announced });
  });

  it.each([
    [99.4, 0.98765, { responseTimeMs: 99, successRate: 0.988 }, ['performance:fast']],
    [100, 1, { responseTimeMs: 100, successRate: 1 }, []],
    [1_000, 0, { responseTimeMs: 1_000, successRate: 0 }, []],
    [1_000.6, 0.5, { responseTimeMs: 1_001, successRate: 0.5 }, ['performance:slow']],
  ])('with its measured averages, here %d ms', (responseTimeMs, successRate, performance, speed) => {
    const averages = { responseTimeMs, successRate };
    const origination = agentOrigination(AGENT, SERVER, 1_000, { med: 7, averages });
    expect(origination).toEqual({ ...BASE, performance, communities: [...COMMUNITIES, ...speed] });
  });
});

it('an agent that no server of ours has keeps its own communities', () => {
  expect(agentCommunities(AGENT)).toEqual(['team:walks', 'capability:walking']);
  expect(agentCommunities({ ...AGENT, inferred: true })).toEqual(['team:walks', 'capability:walking', 'inferred']);
});
