import { describe, expect, it } from 'vitest';
import type { Life, Proof } from '../../../../../src/core/bgp/packet/life.ts';
import type { Message } from '../../../../../src/core/bgp/packet/message.ts';
import { generate } from '../../../../../src/core/simulator/generate.ts';
import type { Relay } from '../../../../../src/core/simulator/simulated-network.ts';
import { createRandom } from '../../../../../src/core/simulator/random.ts';
import type { Script } from '../../../../../src/core/simulator/read-script.ts';
import { simulate, type Simulation } from '../../../../../src/core/simulator/simulate.ts';
import { agentSpec } from '../../../../../src/core/simulator/topology.ts';

const LIAR = 'r3';

const script: Script = [
  { at: 60_000, do: 'withdraw', router: 'r1', agents: ['agent1'] },
  { at: 120_000, do: 'announce', router: 'r1', agents: [agentSpec('agent1')] },
  { at: 180_000, do: 'announce', router: 'r9', agents: [agentSpec('agent1', { med: 25 })] },
  { at: 240_000, do: 'withdraw', router: 'r1', agents: ['agent1'] },
  { at: 300_000, do: 'health', router: 'r9', agent: 'agent1', med: 0 },
];

function network(seed: number): Simulation {
  const topology = generate({ shape: 'scale-free', routers: 16, links: 40, seed, origins: 2 });
  return { topology, script, seed, reorder: 1 };
}

/** Says of every life that crosses it that it has ended, with secrets of its own making. */
function inventing(seed: number): { relay: Relay; told: () => number } {
  const random = createRandom(seed);
  const lives = new Map<Life, string>();
  let told = 0;
  const relay: Relay = (message, from) => {
    if (message.type === 'update') for (const { nlri, life } of message.reach) if (life) lives.set(life, nlri);
    if (from !== LIAR) return [message];
    const forged = [...lives].map(([life, nlri]): Proof => ({ nlri, life, secret: String(random.next()) }));
    told += forged.length;
    return [withProofs(message, forged)];
  };
  return { relay, told: () => told };
}

/** Repeats every true proof that it ever saw, in every message. */
function replaying(): { relay: Relay; told: () => number } {
  const seen: Proof[] = [];
  let told = 0;
  const relay: Relay = (message, from) => {
    const sent = from === LIAR ? withProofs(message, seen) : message;
    if (from === LIAR && sent !== message) told += seen.length;
    if (message.type === 'update') seen.push(...message.proofs);
    return [sent];
  };
  return { relay, told: () => told };
}

function withProofs(message: Message, proofs: readonly Proof[]): Message {
  return message.type === 'update' ? { ...message, proofs: [...message.proofs, ...proofs] } : message;
}

describe('a malicious relay', () => {
  it.each([1, 2, 3, 4, 5])('that invents proofs changes nothing (network %i)', (seed) => {
    const { relay, told } = inventing(seed);
    const honest = simulate(network(seed));
    expect(simulate({ ...network(seed), relay })).toEqual(honest);
    expect(told()).toBeGreaterThan(0);
    expect(honest.phases[1]!.messages).toMatchObject({ announcements: 0, bogus: 0 });
  });

  it.each([1, 2, 3, 4, 5])('that repeats old proofs changes nothing (network %i)', (seed) => {
    const { relay, told } = replaying();
    const honest = simulate(network(seed));
    expect(simulate({ ...network(seed), relay })).toEqual(honest);
    expect(told()).toBeGreaterThan(0);
  });
});
