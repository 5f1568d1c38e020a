import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Channel, delay } from '../../../../src/core/simulator/channel.ts';
import { createRandom } from '../../../../src/core/simulator/random.ts';

const calm = { latencyMs: 10, reorder: 0, loss: 0 };
const rough = { latencyMs: 10, reorder: 5, loss: 0.3 };

describe('one direction of a connection', () => {
  it('never delivers out of order, whatever is lost or late', () => {
    fc.assert(
      fc.property(fc.integer(), fc.array(fc.nat(20), { maxLength: 200 }), (seed, pauses) => {
        const random = createRandom(seed);
        const channel = new Channel<number>();
        let now = 0;
        const arrivals = pauses.map((pause, i) => channel.send(i, (now += pause), rough, random));
        expect(arrivals).toEqual(arrivals.toSorted((a, b) => a - b));
        expect(pauses.map(() => channel.receive())).toEqual(pauses.map((_, i) => i));
        expect(channel.receive()).toBeUndefined();
      }),
    );
  });

  it('takes the latency of the link when nothing disturbs it', () => {
    expect(new Channel<string>().send('x', 100, calm, createRandom(1))).toBe(110);
  });

  it('delivers what stalled in a partition after it, before what was sent later', () => {
    const random = createRandom(1);
    const channel = new Channel<string>();
    channel.send('first', 0, calm, random);
    channel.stall();
    const later = channel.send('second', 95, calm, random);
    expect(later).toBe(105);
    expect(channel.resume(100, calm, random)).toEqual([110]);
    expect([channel.receive(), channel.receive()]).toEqual(['first', 'second']);
    expect(channel.resume(200, calm, random)).toEqual([]);
  });

  it('loses nothing for good: a lost segment costs a retransmission', () => {
    const random = createRandom(1);
    const delays = Array.from({ length: 2000 }, () => delay({ ...calm, loss: 0.1 }, random));
    const late = delays.filter((ms) => ms > 10);
    expect(late.length).toBeGreaterThan(150);
    expect(late.length).toBeLessThan(250);
    expect(Math.min(...late)).toBe(210);
    expect(Math.max(...delays)).toBeLessThanOrEqual(10 + 200 * 63);
  });

  it('lets different connections overtake one another', () => {
    const random = createRandom(1);
    const arrivals = Array.from({ length: 20 }, (_, now) => new Channel<number>().send(now, now, rough, random));
    expect(arrivals).not.toEqual(arrivals.toSorted((a, b) => a - b));
  });
});
