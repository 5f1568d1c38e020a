import {
  ACCEPT_ALL,
  type Chain,
  type Changes,
  type Match,
  type Policy,
  type Statement,
} from '../../../src/core/bgp/policy/policy.ts';
import type { Random } from '../../../src/core/simulator/random.ts';
import { CAPABILITIES, IDS, type Named } from './vocabulary.ts';

/** Draws a policy; most routers have none in either direction. */
export function randomPolicy(random: Random, named: Named): Policy {
  const chain = (direction: Chain['direction'], share: number): Chain =>
    random.next() < share ? randomChain(random, direction, named) : ACCEPT_ALL[direction];
  return { ...ACCEPT_ALL, import: chain('import', 0.5), export: chain('export', 0.4) };
}

/** Few statements with few conditions, so that many routes pass and many do not. */
function randomChain(random: Random, direction: Chain['direction'], named: Named): Chain {
  const count = random.pick([1, 1, 2, 3]);
  const statements = Array.from({ length: count }, () => drawStatement(random, named));
  return { direction, statements, otherwise: random.next() < 0.15 ? 'reject' : 'accept' };
}

function drawStatement(random: Random, named: Named): Statement {
  const action = random.pick(['reject', 'reject', 'reject', 'accept', 'modify'] as const);
  const isModify = action === 'modify';
  return {
    name: undefined,
    match: drawMatch(random, named),
    action,
    set: isModify ? drawChanges(random) : {},
    continue: isModify && random.next() < 0.6,
  };
}

function drawMatch(random: Random, named: Named): Match {
  const first = drawCondition(random, named);
  return random.next() < 0.4 ? { ...first, ...drawCondition(random, named) } : first;
}

function drawCondition(random: Random, { names, asns }: Named): Match {
  switch (random.below(11)) {
    case 0:
    case 1:
    case 2:
      return { agentPrefixes: [random.pick(IDS)] };
    case 3:
      return { agentPrefixes: [random.pick(['pay*', '*payroll', 'finance*', 'coding/*', '?oder'])] };
    case 4:
    case 5:
      return { capabilities: [random.pick(CAPABILITIES)] };
    case 6:
      return { communities: [random.pick(['secret', 'public', 'internal'])] };
    case 7:
      return { families: [random.pick(['agent', 'agent', 'capability'] as const)] };
    case 8:
      return { peers: [random.pick([...names, ...asns, 'server0', 'alpha'])] };
    case 9:
      return { asPathAll: [random.pick(asns)] };
    default:
      return random.next() < 0.6 ? { originFrom: [random.pick(asns)] } : { originNotFrom: [random.pick(asns)] };
  }
}

function drawChanges(random: Random): Changes {
  return random.pick<Changes>([
    { localPref: 200 },
    { localPref: 50 },
    { med: 25 },
    { addCommunities: ['secret'] },
    { addCommunities: ['public'], localPref: 150 },
    { addCommunities: ['no-export'] },
    { removeCommunities: ['secret'] },
    { prependCount: 1 },
  ]);
}
