import { describe, expect, it } from 'vitest';
import { KeptTexts } from '../../../../src/interfaces/mcp/kept-texts.ts';

const HALF_AN_HOUR = 30 * 60 * 1000;

function text(content: string) {
  return { title: 'a text', mimeType: 'text/plain', text: content };
}

describe('kept texts', () => {
  it('are readable in full at a unique URI for half an hour', () => {
    const kept = new KeptTexts();
    const [one, other] = [kept.keep(text('one'), 0)!, kept.keep(text('one'), 10)!];
    expect(one.uri).not.toBe(other.uri);
    expect(kept.read(one.uri, HALF_AN_HOUR - 1)).toMatchObject({ text: 'one' });
    expect(kept.read(one.uri, HALF_AN_HOUR)).toBeUndefined();
    expect(kept.list(HALF_AN_HOUR)).toEqual([other]);
    expect(kept.read('agent-proxy://results/other', 0)).toBeUndefined();
  });

  it('are limited to 32, and the oldest is dropped first', () => {
    const kept = new KeptTexts();
    const all = Array.from({ length: 40 }, (_, index) => kept.keep(text(String(index)), index)!);
    expect(kept.list(40)).toEqual(all.slice(8));
  });

  it('hold at most 32 Mi characters in total and reject a longer text', () => {
    const kept = new KeptTexts();
    const half = 'x'.repeat(16 * 1024 * 1024);
    const first = kept.keep(text(half), 0)!;
    const second = kept.keep(text(half), 0)!;
    expect(kept.list(0)).toEqual([first, second]);
    const third = kept.keep(text('y'), 0)!;
    expect(kept.list(0)).toEqual([second, third]);
    expect(kept.keep(text(`${half}${half}z`), 0)).toBeUndefined();
    expect(kept.list(0)).toEqual([second, third]);
  });
});
