import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimatedTokens, TokenBudget } from '../../../../src/interfaces/mcp/token-budget.ts';

describe('the estimate of tokens', () => {
  it.each([
    ['', 0],
    ['a', 1],
    ['abcd', 1],
    ['abcde', 2],
    ['ä', 1],
    ['abcdä', 2],
    ['天気予報', 4],
    ['😀', 2],
  ])('of %j is %i', (text, tokens) => {
    expect(estimatedTokens(text)).toBe(tokens);
  });
});

describe('a budget', () => {
  it('is never overdrawn', () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.array(fc.nat(300)), (all, costs) => {
        const budget = new TokenBudget(all);
        const taken = costs.filter((cost) => budget.take(cost)).reduce((sum, cost) => sum + cost, 0);
        expect(taken + budget.left).toBe(all);
        expect(budget.left).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
