import { describe, expect, it } from 'vitest';
import { DEAD_LIFE_MS, MAX_DEAD_LIVES, type Proof } from '../../../../../src/core/bgp/packet/life.ts';
import { DeadLives } from '../../../../../src/core/bgp/rib/dead-lives.ts';

const proof = (name: string): Proof => ({ nlri: 'a', secret: `secret-${name}`, life: `life-${name}` });

describe('the memory of dead lives', () => {
  it('tells a dead life, with its proof, from any other', () => {
    const dead = new DeadLives();
    expect(dead.add(proof('x'), 0)).toBe(true);
    expect(dead.add(proof('x'), 1)).toBe(false);
    expect(dead.has('life-x')).toBe(true);
    expect(dead.proofOf('life-x')).toEqual(proof('x'));
    expect(dead.has('life-y')).toBe(false);
    expect(dead.has(undefined)).toBe(false);
    expect(dead.proofOf(undefined)).toBeUndefined();
  });

  it('forgets after ten minutes', () => {
    const dead = new DeadLives();
    dead.add(proof('x'), 0);
    dead.add(proof('y'), DEAD_LIFE_MS - 1);
    expect(dead.has('life-x')).toBe(true);
    dead.add(proof('z'), DEAD_LIFE_MS);
    expect(dead.has('life-x')).toBe(false);
    expect(dead.has('life-y')).toBe(true);
  });

  it('never remembers more than 100,000, and forgets the oldest first', () => {
    const dead = new DeadLives();
    for (let i = 0; i <= MAX_DEAD_LIVES; i++) dead.add(proof(String(i)), 0);
    expect(dead.size).toBe(MAX_DEAD_LIVES);
    expect(dead.has('life-0')).toBe(false);
    expect(dead.has('life-1')).toBe(true);
  });
});
