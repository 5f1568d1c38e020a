import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Turnstile } from '../../../../src/control-plane/peering/turnstile.ts';

/** Takes longer than one turn may spend on requests. */
function work(): void {
  const until = performance.now() + 6;
  while (performance.now() < until);
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await setImmediate();
}

const [A, B] = [{ connection: {} }, { connection: {} }];

describe('a request', () => {
  it('begins at once if no other waits', () => {
    const turnstile = new Turnstile();
    let hasBegun = false;
    turnstile.enter(A, () => {
      hasBegun = true;
    });
    expect(hasBegun).toBe(true);
    turnstile.stop();
  });

  it('waits for its turn if this one has used up its time', async () => {
    const turnstile = new Turnstile();
    const begun: number[] = [];
    const enter = (id: number) => {
      turnstile.enter(A, () => {
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

  it('of a peer waits for one request of a stranger, and one on a connection for one on another, not for all', async () => {
    const turnstile = new Turnstile();
    const begun: string[] = [];
    const begin = (name: string) => () => {
      begun.push(name);
      work();
    };
    turnstile.enter(A, begin('first'));
    for (let at = 1; at <= 100; at += 1) turnstile.enter(A, begin(`a${at}`));
    turnstile.enter(B, begin('b'));
    turnstile.enter({ peer: 'as65102' }, begin('peer'));
    await turns(4);
    expect(begun.slice(1, 4).sort()).toEqual(['a1', 'b', 'peer']);
    turnstile.stop();
  });

  it('never begins after a stop', async () => {
    const turnstile = new Turnstile();
    turnstile.enter(A, work);
    let hasBegun = false;
    turnstile.enter(A, () => {
      hasBegun = true;
    });
    turnstile.stop();
    await turns(2);
    expect(hasBegun).toBe(false);
  });
});
