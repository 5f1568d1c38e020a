import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Turnstile } from '../../../src/peering/turnstile.ts';

/** Takes as long as a turn may take for requests, and more. */
function work(): void {
  const until = performance.now() + 6;
  while (performance.now() < until);
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await setImmediate();
}

describe('a request', () => {
  it('begins at once where nobody waits', () => {
    const turnstile = new Turnstile();
    let hasBegun = false;
    turnstile.enter({ address: '192.0.2.1' }, () => {
      hasBegun = true;
    });
    expect(hasBegun).toBe(true);
    turnstile.stop();
  });

  it('waits when this turn has begun enough of them, and has its turn', async () => {
    const turnstile = new Turnstile();
    const begun: number[] = [];
    const enter = (id: number) => {
      turnstile.enter({ address: '192.0.2.1' }, () => {
        begun.push(id);
        work();
      });
    };
    [1, 2, 3].forEach(enter);
    expect(begun).toEqual([1]);
    await turns(1);
    expect(begun).toEqual([1, 2]);
    await turns(2);
    expect(begun).toEqual([1, 2, 3]);
    turnstile.stop();
  });

  it('of a peer waits for one of a stranger, and one of an address for one of another, not for all', async () => {
    const turnstile = new Turnstile();
    const begun: string[] = [];
    const begin = (name: string) => () => {
      begun.push(name);
      work();
    };
    turnstile.enter({ address: 'a' }, begin('first'));
    for (let at = 1; at <= 100; at += 1) turnstile.enter({ address: 'a' }, begin(`a${at}`));
    turnstile.enter({ address: 'b' }, begin('b'));
    turnstile.enter({ peer: 'as65102' }, begin('peer'));
    await turns(4);
    expect(begun.slice(1, 4).sort()).toEqual(['a1', 'b', 'peer']);
    turnstile.stop();
  });

  it('never begins once nobody is let in', async () => {
    const turnstile = new Turnstile();
    turnstile.enter({ address: 'a' }, work);
    let hasBegun = false;
    turnstile.enter({ address: 'a' }, () => {
      hasBegun = true;
    });
    turnstile.stop();
    await turns(2);
    expect(hasBegun).toBe(false);
  });
});
