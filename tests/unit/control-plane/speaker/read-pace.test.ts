import { describe, expect, it } from 'vitest';
import { ReadPace } from '../../../../src/control-plane/speaker/read-pace.ts';
import { ReadPaces } from '../../../../src/control-plane/speaker/read-paces.ts';

const MIB = 1024 * 1024;

describe('the pace at which a peer is read', () => {
  it('allows a burst, and then 1 MiB per second', () => {
    const pace = new ReadPace({ bytes: 64 * MIB, messages: 2_000 }, 1_000);
    for (let at = 0; at < 8; at++) pace.take(8 * MIB, 1_000);
    expect(pace.waitMs(1_000)).toBe(0);
    pace.take(MIB, 1_000);
    expect(pace.waitMs(1_000)).toBe(1_000);
    expect(pace.waitMs(1_600)).toBe(400);
    expect(pace.waitMs(2_000)).toBe(0);
  });

  it('allows 200 messages per second, regardless of their size', () => {
    const pace = new ReadPace({ bytes: 64 * MIB, messages: 2_000 }, 0);
    for (let at = 0; at < 2_000; at++) pace.take(10, 0);
    expect(pace.waitMs(0)).toBe(0);
    for (let at = 0; at < 200; at++) pace.take(10, 0);
    expect(pace.waitMs(0)).toBe(1_000);
  });

  it('accumulates at most one burst during silence', () => {
    const pace = new ReadPace({ bytes: 2 * MIB, messages: 10 }, 0);
    pace.take(MIB, 1_000_000);
    pace.take(2 * MIB, 1_000_000);
    expect(pace.waitMs(1_000_000)).toBe(1_000);
  });

  it('has room for a whole table of a peer: all bytes that its routes may take, and one message per route', () => {
    const paces = new ReadPaces(() => true);
    const pace = paces.of('a', { maxBytes: 64 * MIB, maxRoutes: 100_000 }, 0);
    for (let at = 0; at < 100_000; at++) pace.take(600, 0);
    expect(pace.waitMs(0)).toBe(0);
  });

  it('is kept for a peer that reconnects, and is forgotten for a removed peer once its buckets are full', () => {
    const isPeer = new Set(['a']);
    const paces = new ReadPaces((id) => isPeer.has(id));
    const settings = { maxBytes: MIB, maxRoutes: 1 };
    const [a, b] = [paces.of('a', settings, 0), paces.of('b', settings, 0)];
    for (const pace of [a, b]) pace.take(3 * MIB, 0);
    paces.of('c', settings, 1_000);
    expect(paces.of('b', settings, 1_000)).toBe(b);
    paces.of('d', settings, 10_000);
    expect(paces.of('a', settings, 10_000)).toBe(a);
    expect(paces.of('b', settings, 10_000)).not.toBe(b);
  });
});
