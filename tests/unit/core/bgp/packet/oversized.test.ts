import { describe, expect, it } from 'vitest';
import type { PathAttributes } from '../../../../../src/core/bgp/packet/attributes.ts';
import { excessOf, isOversized } from '../../../../../src/core/bgp/packet/oversized.ts';
import { baseAttributes } from '../support/route.ts';

const named = (kind: string, count: number) => Array.from({ length: count }, (_, at) => `${kind}${at}`);
const discovered = ['as:65001', 'performance:fast', 'region:eu', 'server:server0'];

describe('what a route may have', () => {
  it.each<[string, Partial<PathAttributes>]>([
    ['64 communities', { communities: named('c', 64) }],
    [
      '64 communities besides those that discovery sets for 64 capabilities',
      {
        communities: [...named('c', 64), ...named('capability:p', 64), ...discovered],
        capabilities: named('p', 64),
      },
    ],
    ['16 communities of discovery without a capability', { communities: named('region:', 16) }],
    ['a community of 128 characters', { communities: ['x'.repeat(128)] }],
    ['a community for the longest capability', { communities: [`capability:${'x'.repeat(256)}`], capabilities: [] }],
    ['the communities of 150 parts, as an aggregate', { communities: named('capability:p', 150), aggregate: true }],
    ['an unknown attribute of 16,000 characters', { unknown: { note: 'x'.repeat(16_000) } }],
  ])('%s', (_, attributes) => {
    expect(excessOf({ ...baseAttributes, ...attributes })).toBeUndefined();
  });

  it.each<[Partial<PathAttributes>, string]>([
    [{ communities: named('c', 65) }, 'more than 64 communities besides those that discovery sets'],
    [
      { communities: [...named('c', 65), ...discovered], capabilities: [] },
      'more than 64 communities besides those that discovery sets',
    ],
    [{ communities: named('c', 65), aggregate: true }, 'more than 64 communities besides those that discovery sets'],
    [{ communities: named('capability:p', 200) }, 'more communities than discovery sets for 0 capabilities'],
    [
      { communities: named('capability:p', 20), capabilities: ['p0'] },
      'more communities than discovery sets for 1 capabilities',
    ],
    [{ communities: named('region:', 257), aggregate: true }, 'more than 256 communities'],
    [{ communities: ['x'.repeat(129)] }, 'a community of more than 128 characters'],
    [{ communities: [`capability:${'x'.repeat(257)}`] }, 'a community of more than 128 characters'],
    [{ capabilities: named('p', 65) }, 'more than 64 capabilities'],
    [{ capabilities: named('x'.repeat(254), 64) }, 'attributes of more than 16384 characters'],
    [{ unknown: { note: 'x'.repeat(16_384) } }, 'attributes of more than 16384 characters'],
    [{ asPath: Array<number>(257).fill(65_001) }, 'more than 256 ASes in its path'],
    [{ clusterList: Array<string>(257).fill('10.0.0.1') }, 'more than 256 clusters'],
  ])('and not more: %#', (attributes, excess) => {
    expect(excessOf({ ...baseAttributes, ...attributes })).toBe(excess);
    expect(isOversized({ ...baseAttributes, ...attributes })).toBe(true);
  });
});
