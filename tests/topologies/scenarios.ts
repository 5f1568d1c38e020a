import { parsePolicy } from '../../src/core/bgp/policy/parse-policy.ts';
import { generate } from '../../src/core/simulator/generate.ts';
import { readTopology } from '../../src/core/simulator/read-topology.ts';
import type { Simulation } from '../../src/core/simulator/simulate.ts';
import { agentSpec, DEFAULT_END, type Topology } from '../../src/core/simulator/topology.ts';

/** A network from which what happened to one router is kept. */
export interface Scenario {
  readonly name: string;
  readonly description: string;
  /** The router whose events and effects are kept. */
  readonly router: string;
  readonly simulation: Simulation;
}

function topology(yaml: string): Topology {
  const reading = readTopology(yaml);
  if ('problems' in reading) throw new Error(JSON.stringify(reading.problems));
  return reading.value;
}

function withRestart(restartTimeSeconds: number, { routers, links }: Topology): Topology {
  const end = { ...DEFAULT_END, restartTimeSeconds };
  return { routers, links: links.map((link) => ({ ...link, ends: { [link.between[0]]: end, [link.between[1]]: end } })) };
}

function rejecting(agent: string): ReturnType<typeof parsePolicy> & { ok: true } {
  const parsed = parsePolicy({ import: [{ match: { agentPrefixes: [agent] }, action: { action: 'reject' } }] });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed;
}

const pair = topology('{routers: [{name: a, asn: 65001, agents: [ada]}, {name: b, asn: 65002, agents: [bob]}], links: [[a, b]]}');

const reflectors = topology(`
routers:
  - { name: reflector-1, asn: 65010 }
  - { name: reflector-2, asn: 65010 }
  - { name: client-1, asn: 65010, agents: [ada] }
  - { name: client-2, asn: 65010 }
links:
  - [reflector-1, reflector-2]
  - { between: [reflector-1, client-1], ends: { reflector-1: { client: true } } }
  - { between: [reflector-1, client-2], ends: { reflector-1: { client: true } } }
  - { between: [reflector-2, client-1], ends: { reflector-2: { client: true } } }
  - { between: [reflector-2, client-2], ends: { reflector-2: { client: true } } }
`);

const capable = topology(`
routers:
  - name: a
    asn: 65001
    agents:
      - { id: ada, capabilities: [coding/review] }
      - { id: bob, capabilities: [coding/review, writing], med: 25 }
  - { name: b, asn: 65002 }
links: [[a, b]]
`);

/** Every recorded topology; `record.ts` writes them down. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'two-routers-exchange',
    description:
      'Two routers of different ASes dial one another at once, settle the collision, exchange one agent each and say that they are done.',
    router: 'b',
    simulation: { topology: pair, seed: 1 },
  },
  {
    name: 'chain-withdraw-with-proof',
    description: 'The middle of a chain of three passes on an agent, then its withdrawal together with the proof that it has ended.',
    router: 'r2',
    simulation: {
      topology: generate({ shape: 'chain', routers: 3, origins: 1 }),
      script: [{ at: 5000, do: 'withdraw', router: 'r1', agents: ['agent1'] }],
      seed: 2,
    },
  },
  {
    name: 'mesh-of-four-withdraw',
    description:
      'A router in a full mesh of four hears of one agent from all others. When the origin withdraws it, the proof kills every copy at once: nothing is announced any more.',
    router: 'r2',
    simulation: {
      topology: generate({ shape: 'mesh', routers: 4, origins: 1 }),
      script: [{ at: 5000, do: 'withdraw', router: 'r1', agents: ['agent1'] }],
      seed: 3,
    },
  },
  {
    name: 'reflector-pair',
    description:
      'One of two reflectors of an AS reflects what a client announces to the other client and to the other reflector, with the originator and the clusters crossed, and ignores what comes back (RFC 4456 §8).',
    router: 'reflector-1',
    simulation: {
      topology: reflectors,
      script: [{ at: 5000, do: 'withdraw', router: 'client-1', agents: ['ada'] }],
      seed: 4,
    },
  },
  {
    name: 'graceful-restart',
    description:
      'A peer crashes and comes back with its clock set back. Its route is kept as stale meanwhile and replaced when it is sent again (RFC 4724 §4.2).',
    router: 'b',
    simulation: {
      topology: withRestart(30, pair),
      script: [
        { at: 5000, do: 'crash', router: 'a' },
        { at: 8000, do: 'restart', router: 'a', clockOffsetMs: -60_000 },
      ],
      seed: 5,
    },
  },
  {
    name: 'capability-route',
    description:
      'A router originates one route per capability with the attributes of its best agent that has it. The healthier agent goes and comes back; the life of the capability lasts until the last one has gone.',
    router: 'a',
    simulation: {
      topology: capable,
      script: [
        { at: 5000, do: 'withdraw', router: 'a', agents: ['ada'] },
        { at: 6000, do: 'announce', router: 'a', agents: [agentSpec('ada', { capabilities: ['coding/review'] })] },
        { at: 7000, do: 'withdraw', router: 'a', agents: ['ada', 'bob'] },
      ],
      seed: 6,
    },
  },
  {
    name: 'policy-change',
    description:
      'A router refuses an agent that it had accepted, and tells its other peer so, without proof: nothing has ended. Then it accepts it again without asking anyone.',
    router: 'r2',
    simulation: {
      topology: generate({ shape: 'chain', routers: 3, origins: 1 }),
      script: [
        { at: 5000, do: 'policy', router: 'r2', policy: rejecting('agent1').policy },
        { at: 6000, do: 'policy', router: 'r2', policy: rejecting('nobody').policy },
      ],
      seed: 7,
    },
  },
];
