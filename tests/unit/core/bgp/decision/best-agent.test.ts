import { expect, it } from 'vitest';
import { bestAgent } from '../../../../../src/core/bgp/decision/best-agent.ts';
import { defaultRules, permutations, routeWith, type RouteChange } from '../support/route.ts';

const agent = (nlri: string, change: RouteChange = {}) => ({ ...routeWith(change), nlri });

it('wins by the decision process, whatever its name (RFC 4271 §9.1.2.2)', () => {
  const [worse, better] = [agent('a', { attributes: { med: 60 } }), agent('b')];
  expect(bestAgent([worse, better], defaultRules)).toBe(better);
});

it('is the first by name among equals, in every order of arrival', () => {
  const agents = [agent('b'), agent('a'), agent('c')];
  for (const order of permutations(agents)) expect(bestAgent(order, defaultRules)?.nlri).toBe('a');
});

it('is undefined if no agent is eligible', () => {
  expect(bestAgent([agent('a', { ineligible: { type: 'as-loop' } })], defaultRules)).toBeUndefined();
});
