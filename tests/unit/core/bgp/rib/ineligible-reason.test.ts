import { expect, it } from 'vitest';
import { sameReason, type IneligibleReason } from '../../../../../src/core/bgp/rib/ineligible-reason.ts';

const REASONS: readonly (() => IneligibleReason | undefined)[] = [
  () => undefined,
  () => ({ type: 'as-loop' }),
  () => ({ type: 'first-as' }),
  () => ({ type: 'originator-loop' }),
  () => ({ type: 'cluster-loop' }),
  () => ({ type: 'reserved-name' }),
  () => ({ type: 'life-ended' }),
  () => ({ type: 'not-callable' }),
  () => ({ type: 'denied', place: 'import[0]' }),
  () => ({ type: 'denied', place: 'import[1]' }),
  () => ({ type: 'denied', place: 'import[0]', name: 'no' }),
  () => ({ type: 'not-allowed', limit: 'allowAgents' }),
  () => ({ type: 'not-allowed', limit: 'allowOrigins' }),
  () => ({ type: 'damped', untilMs: 1 }),
  () => ({ type: 'damped', untilMs: 2 }),
];

it('is the same as another made of the same fields, and as no other', () => {
  REASONS.forEach((make, one) => {
    REASONS.forEach((other, at) => expect(sameReason(make(), other()), `${one} and ${at}`).toBe(one === at));
  });
});
