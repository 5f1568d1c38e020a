import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Intake } from '../../../../src/control-plane/speaker/intake.ts';

let done: string[];
let intake: Intake<string>;
let clock: number;

beforeEach(() => {
  done = [];
  intake = new Intake();
  clock = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => clock);
});

afterEach(() => {
  intake.stop();
  vi.restoreAllMocks();
});

/** Adds work of `pieces` pieces that take `ms` milliseconds each. */
function add(key: string, name: string, pieces = 1, ms = 0, act: () => void = () => undefined): void {
  function* work() {
    for (let at = 1; at <= pieces; at++) {
      clock += ms;
      done.push(`${name}${at}`);
      act();
      yield;
    }
  }
  intake.add(key, { pieces: work(), over: () => done.push(`${name} over`) });
}

describe('the work of peers', () => {
  it('is done at once if it takes no time', () => {
    add('a', 'x', 3);
    expect(done).toEqual(['x1', 'x2', 'x3', 'x over']);
  });

  it('waits for the next turn of the event loop when the time of this one is used up', async () => {
    add('a', 'x', 3, 3);
    add('a', 'y');
    expect(done).toEqual(['x1', 'x2']);
    await turn();
    expect(done).toEqual(['x1', 'x2', 'x3', 'x over', 'y1', 'y over']);
  });

  it('shares the time of one turn among all work that arrives in it', async () => {
    add('a', 'x', 1, 6);
    add('b', 'y');
    expect(done).toEqual(['x1']);
    await turn();
    await turn();
    expect(done).toEqual(['x1', 'x over', 'y1', 'y over']);
  });

  it('is done by turns among peers, and in order for each peer', async () => {
    add('a', 'x', 3, 5);
    add('a', 'xx', 1, 5);
    add('b', 'y', 2, 5);
    while (!done.includes('xx over')) await turn();
    expect(done.filter((name) => !name.endsWith('over'))).toEqual(['x1', 'x2', 'y1', 'x3', 'y2', 'xx1']);
  });

  it('is dropped for a peer that is gone, and its end is reported', async () => {
    add('a', 'x', 2, 6);
    add('a', 'y');
    intake.drop('a');
    await turn();
    expect(done).toEqual(['x1', 'x over', 'y over']);
  });

  it('may be dropped or add more work while it runs, and ends once', async () => {
    add('a', 'x', 2, 0, () => {
      intake.drop('a');
      add('b', 'y');
    });
    await turn();
    expect(done).toEqual(['x1', 'x over', 'y1', 'y over']);
  });

  it('is not reentrant', () => {
    add('a', 'x', 1, 0, () => {
      add('a', 'y');
    });
    expect(done).toEqual(['x1', 'x over', 'y1', 'y over']);
  });

  it('ends with the intake', async () => {
    add('a', 'x', 2, 6);
    intake.stop();
    await turn();
    expect(done).toEqual(['x1', 'x over']);
  });
});
