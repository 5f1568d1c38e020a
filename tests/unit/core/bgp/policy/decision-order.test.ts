import { describe, expect, it } from 'vitest';
import {
  completeDecision,
  decisionFaultsAmongPeers,
  decisionFaults,
  isDecisionStep,
} from '../../../../../src/core/bgp/policy/decision-order.ts';
import { ACCEPT_ALL, DEFAULT_DECISION } from '../../../../../src/core/bgp/policy/policy.ts';

describe('completeDecision', () => {
  it('takes the default order when the file names none', () => {
    expect(completeDecision()).toEqual(DEFAULT_DECISION);
  });

  it('puts the last three steps at the end, whether they are written or not', () => {
    const end = ['originator-id', 'cluster-list', 'peer-address'];
    expect(completeDecision(['med', 'as-path'])).toEqual(['med', 'as-path', ...end]);
    expect(completeDecision(['as-path', 'cluster-list'])).toEqual(['as-path', ...end]);
    expect(completeDecision([])).toEqual(end);
  });

  it('takes the order of the first design, in which the origin time comes before MED', () => {
    const order = ['local-pref', 'as-path', 'origin-time', 'med', 'external'] as const;
    expect(decisionFaults(order)).toEqual([]);
    expect(completeDecision(order).slice(0, 5)).toEqual(order);
  });
});

describe('decisionFaults', () => {
  it.each([
    [DEFAULT_DECISION],
    [[]],
    [['med', 'as-path', 'local-pref']],
    [['as-path', 'originator-id', 'peer-address']],
  ])('finds nothing wrong with %j', (order) => {
    expect(decisionFaults(order)).toEqual([]);
  });

  it('wants every step at most once', () => {
    expect(decisionFaults(['med', 'as-path', 'med'])).toEqual([{ path: [2], message: '"med": stands here twice' }]);
    expect(decisionFaults(['peer-address', 'peer-address'])).toHaveLength(1);
  });

  it('wants the last three last, in their order (RFC 4271 §9.1.2.2 f, g)', () => {
    expect(decisionFaults(['originator-id', 'med', 'peer-address', 'cluster-list', 'as-path'])).toEqual([
      { path: [1], message: '"med": must stand before "originator-id"' },
      { path: [3], message: '"cluster-list": must stand before "peer-address"' },
      { path: [4], message: '"as-path": must stand before "peer-address"' },
    ]);
  });

  it('leaves values that are no steps to those who check values', () => {
    expect(decisionFaults(['peer-address', 'eligibility', 7, 7])).toEqual([]);
  });
});

describe('isDecisionStep', () => {
  it('knows the steps by name', () => {
    expect(DEFAULT_DECISION.every(isDecisionStep)).toBe(true);
    expect(['eligibility', 'MED', 7, undefined].some(isDecisionStep)).toBe(false);
  });
});

describe('decisionFaultsAmongPeers', () => {
  it('wants the AS path compared, without which routes that are gone come back around', () => {
    expect(decisionFaultsAmongPeers(ACCEPT_ALL)).toEqual([]);
    expect(decisionFaultsAmongPeers({ ...ACCEPT_ALL, decision: completeDecision(['med']) })).toEqual([
      { path: ['decision'], message: 'must hold "as-path" while there are peers' },
    ]);
  });
});
