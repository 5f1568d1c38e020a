import { describe, expect, it } from 'vitest';
import { streamedList } from '../../../../src/base/lists/streamed-list.ts';

/** A list of as many numbers, and how many of them were made. */
function numbers(count: number, text: (at: number) => string) {
  const made: number[] = [];
  const body = streamedList<number>({
    head: '[',
    tail: ']',
    start: 0,
    *after(place) {
      for (let at = place + 1; at <= count; at += 1) {
        made.push(at);
        yield [at, text(at)] as const;
      }
    },
  });
  return { body, made };
}

describe('a streamed list', () => {
  it.each([0, 1, 2, 10_000])('has each of %i texts once, in order', async (count) => {
    const { body } = numbers(count, String);
    expect(await new Response(body).json()).toEqual(Array.from({ length: count }, (_, at) => at + 1));
  });

  it('leaves out what is empty, however much it is', async () => {
    const { body } = numbers(100_000, (at) => (at % 40_000 === 0 ? String(at) : ''));
    expect(await new Response(body).json()).toEqual([40_000, 80_000]);
  });

  it('makes nothing before it is read, and one chunk then', async () => {
    const { body, made } = numbers(1_000_000, () => '"0123456789"');
    const reader = body.getReader();
    expect(made).toHaveLength(0);
    const { value } = await reader.read();
    expect(value?.length).toBeLessThan(20_000);
    expect(made.length).toBeLessThan(2_000);
    await reader.cancel();
  });

  it('lets others have their turn between two chunks', async () => {
    const { body } = numbers(20_000, () => '"0123456789"');
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 0);
    const reader = body.getReader();
    let chunks = 0;
    while (!(await reader.read()).done) chunks += 1;
    clearInterval(timer);
    expect(chunks).toBeGreaterThan(10);
    expect(turns).toBeGreaterThan(0);
  });
});
