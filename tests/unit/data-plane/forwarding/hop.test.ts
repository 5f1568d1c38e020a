import { describe, expect, it } from 'vitest';
import {
  crossedBy,
  readTransitContext,
  transitHeaders,
} from '../../../../src/data-plane/forwarding/transit-context.ts';
import { routeHop } from '../../../../src/data-plane/forwarding/hop.ts';
import { routeWith } from '../../core/bgp/support/route.ts';

const PATH = 'finance/payroll';
const clerk = routeWith({
  peer: { id: 'peer1', asn: 65_001, routerId: '10.0.0.1', address: 'http://1' },
  attributes: { nextHop: 'http://1', capabilities: ['finance', PATH] },
});

describe('a call of a capability that goes on under the id of an agent', () => {
  it.each([
    [PATH, PATH],
    [`${PATH}/eu`, PATH],
    ['finance/tax', 'finance'],
  ])('of %s requires %s of the agent, because another copy of it may lack that', (path, required) => {
    expect(routeHop(clerk, path, true)).toMatchObject({ agentId: 'weatherAgent', requires: [required] });
  });

  it('requires it beside what the caller requires, each once', () => {
    const context = { ...readTransitContext(() => undefined), required: ['english', PATH] };
    const onward = crossedBy({ asn: 65_002, routerId: '10.0.0.2' }, context, { attempts: 1, crossed: [] }, [
      PATH,
      'go',
    ]);
    expect(transitHeaders(onward)['agent-bgp-requires']).toBe('english, finance%2Fpayroll, go');
  });

  it('is rejected where it would require more than a router accepts', () => {
    const context = {
      ...readTransitContext(() => undefined),
      required: Array.from({ length: 32 }, (_, at) => `c${at}`),
    };
    const onward = crossedBy({ asn: 65_002, routerId: '10.0.0.2' }, context, { attempts: 1, crossed: [] }, [
      'one-more',
    ]);
    expect(() => transitHeaders(onward)).toThrow(expect.objectContaining({ code: 'INVALID_REQUEST' }));
  });
});

it('a call of an agent by its id requires no capability', () => {
  expect(routeHop(clerk, 'weatherAgent').requires).toEqual([]);
});
