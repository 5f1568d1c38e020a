import { describe, expect, it } from 'vitest';
import { Challenges } from '../../../../src/control-plane/peering/challenges.ts';
import { PROTOCOL, type Hello } from '../../../../src/control-plane/peering/hello.ts';

const NONCE = 'n'.repeat(22);

const hello = (change: Partial<Hello> = {}): Hello => ({
  type: 'hello',
  protocol: PROTOCOL,
  asn: 65_102,
  routerId: '10.0.0.2',
  nonce: NONCE,
  time: 1_790_000_000_000,
  url: 'https://router.example.com/agents',
  ...change,
});

/** Gives challenges to `others` other routers. */
function flood(challenges: Challenges, others: number, said: Hello): void {
  for (let at = 0; at < others; at += 1) challenges.give(`${at}`.padStart(22, '0'), { hello: said, nonce: NONCE });
}

describe('a challenge', () => {
  it('returns its introduction once', () => {
    const challenges = new Challenges(() => 0);
    challenges.give('session', { hello: hello(), nonce: NONCE });
    expect(challenges.take('session')).toEqual({ hello: hello(), nonce: NONCE });
    expect(challenges.take('session')).toBeUndefined();
  });

  it('is valid for ten seconds', () => {
    let now = 0;
    const challenges = new Challenges(() => now);
    challenges.give('first', { hello: hello(), nonce: NONCE });
    challenges.give('second', { hello: hello(), nonce: NONCE });
    now = 9_999;
    expect(challenges.take('first')).toBeDefined();
    now = 10_000;
    expect(challenges.take('second')).toBeUndefined();
  });

  it('is not evicted by 8,000 others per second for ten seconds', () => {
    const challenges = new Challenges(() => 0);
    challenges.give('genuine', { hello: hello(), nonce: NONCE });
    flood(challenges, 80_000, hello());
    expect(challenges.take('genuine')).toBeDefined();
  });

  it('is evicted by thousands of unusually long others, which limits the memory', () => {
    const challenges = new Challenges(() => 0);
    const long = hello({ url: `https://router.example.com/${'x'.repeat(2_000)}` });
    challenges.give('genuine', { hello: hello(), nonce: NONCE });
    flood(challenges, 10_000, long);
    expect(challenges.take('0'.padStart(22, '0'))).toBeDefined();
    flood(challenges, 20_000, long);
    expect(challenges.take('genuine')).toBeUndefined();
    expect(challenges.take('19999'.padStart(22, '0'))).toBeDefined();
  });
});
