import { describe, expect, it } from 'vitest';
import { constraintsText, parseConstraints } from '../../../../src/data-plane/forwarding/constraints.ts';
import { transitHeaders, readTransitContext } from '../../../../src/data-plane/forwarding/transit-context.ts';

const ALL = { maxResponseTimeMs: 250.5, minSuccessRate: 0.9, region: 'eu west & ö' };

describe('constraints in transit', () => {
  it.each([[{}], [{ region: 'eu' }], [{ maxResponseTimeMs: undefined, minSuccessRate: 0 }], [ALL]])(
    'arrive unchanged at the next router: %j',
    (constraints) => {
      const begun = { ...readTransitContext(() => undefined), constraints };
      const headers = new Headers(transitHeaders(begun));
      expect(readTransitContext((name) => headers.get(name) ?? undefined).constraints).toEqual(constraints);
    },
  );

  it('take no header if there are none', () => {
    expect(constraintsText({ region: undefined })).toBe('');
    expect(transitHeaders(readTransitContext(() => undefined))).not.toHaveProperty('agent-bgp-constraints');
  });

  it.each([
    'maxPrice=3',
    'minSuccessRate=2',
    'minSuccessRate=',
    'minSuccessRate=+',
    'maxResponseTimeMs=soon',
    'maxResponseTimeMs=',
    'region=',
  ])('that cannot be enforced are rejected: %s', (text) => {
    expect(parseConstraints(text)).toBeUndefined();
    expect(() => readTransitContext((name) => (name === 'agent-bgp-constraints' ? text : undefined))).toThrow(
      'agent-bgp-constraints',
    );
  });
});
