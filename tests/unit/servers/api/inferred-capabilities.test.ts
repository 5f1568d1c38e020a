import { describe, expect, it } from 'vitest';
import { inferredCapabilities } from '../../../../src/servers/api/inferred-capabilities.ts';

describe('inferred capabilities', () => {
  it('are tool ids, then words of the name, then words of the description, each once', () => {
    expect(
      inferredCapabilities('weatherReport Agent', 'Gives you the weather for any city in Europe.', [
        'get-weather',
        'maps/route',
      ]),
    ).toEqual(['get-weather', 'maps/route', 'weather', 'report', 'city', 'europe']);
  });

  it('exclude tool ids that are not capability paths', () => {
    expect(inferredCapabilities('', '', ['has space', '~mark', '*', 'fine/*', ''])).toEqual(['fine']);
  });

  it('include words of any script', () => {
    expect(inferredCapabilities('Übersetzer', '翻訳エージェント Übersetzt', [])).toEqual([
      'übersetzer',
      '翻訳エージェント',
      'übersetzt',
    ]);
  });

  it('are bounded', () => {
    const words = Array.from({ length: 100 }, (_, index) => `word${index}`).join(' ');
    expect(inferredCapabilities(words, words, [])).toHaveLength(16);
  });
});
