import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { signToken, verifyToken } from '../../../../src/control-plane/peering/token.ts';
import { UsedTokens } from '../../../../src/control-plane/peering/used-tokens.ts';

const ENDS = { issuer: 'as65101/10.0.0.1', audience: 'as65102/10.0.0.2' };
const KEY = new Uint8Array(32).fill(7);

beforeEach(() => vi.useFakeTimers({ toFake: ['Date'], now: 1_790_000_000_000 }));
afterEach(() => vi.useRealTimers());

/** Time at which a token that is signed now certainly expires. */
async function end(): Promise<number> {
  return (await verifyToken(await signToken('session', ENDS, KEY), ENDS, KEY)).until;
}

it('remembers a token as long as it is valid, and no longer', async () => {
  const used = new UsedTokens();
  const token = await signToken('session', ENDS, KEY);
  const verified = await verifyToken(token, ENDS, KEY);
  used.take(verified);
  for (; Date.now() < verified.until * 1_000; vi.setSystemTime(Date.now() + 500)) {
    expect(() => {
      used.take(verified);
    }).toThrow('used before');
    used.take({ id: String(Date.now()), until: Math.ceil(Date.now() / 1_000) + 40 });
  }
  await expect(verifyToken(token, ENDS, KEY)).rejects.toThrow();
  used.take({ id: 'the next one', until: verified.until + 60 });
  used.take(verified);
});

it('accepts five thousand calls per second indefinitely', async () => {
  const used = new UsedTokens();
  for (let second = 0; second < 120; second += 1, vi.setSystemTime(Date.now() + 1_000)) {
    const until = await end();
    for (let call = 0; call < 5_000; call += 1) used.take({ id: `${second} ${call}`, until });
  }
});

it('rejects tokens that it cannot remember, until others have expired', async () => {
  const used = new UsedTokens();
  const until = await end();
  const flood = () => {
    for (let call = 0; call < 1_000_000; call += 1) used.take({ id: String(call), until });
  };
  expect(flood).toThrow('too many tokens arrive to remember them all');
  vi.setSystemTime(until * 1_000);
  used.take({ id: 'later', until: until + 40 });
});
