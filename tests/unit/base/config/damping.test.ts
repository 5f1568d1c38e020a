import { describe, expect, it } from 'vitest';
import { configOf, problemsOf } from './load-problems.ts';

const env = { AGENT_PROXY_CONFIG: '/c/p.yaml' };
const peersOf = async (text: string) => (await configOf(env, { '/c/p.yaml': text })).peering;
const dampingOf = async (damping: string) =>
  (await peersOf(`peers: [{asn: 65002, damping: ${damping}}]`))?.peers[0]?.damping;
const problems = (text: string) => problemsOf(env, { '/c/p.yaml': text });

describe('damping', () => {
  it('is off by default (RFC 7454 §7)', async () => {
    expect((await peersOf('peers: [{asn: 65002}]'))?.peers[0]?.damping).toBeUndefined();
    expect(await dampingOf('false')).toBeUndefined();
  });

  it('has the values of RFC 7196 if it is true', async () => {
    const recommended = { suppressAbove: 6_000, reuseBelow: 750, halfLifeMs: 900_000, maxSuppressMs: 3_600_000 };
    expect(await dampingOf('true')).toEqual(recommended);
    expect(await dampingOf('{}')).toEqual(recommended);
  });

  it('accepts single other values', async () => {
    expect(await dampingOf('{suppressAbove: 3000, halfLifeSeconds: 60}')).toEqual({
      suppressAbove: 3_000,
      reuseBelow: 750,
      halfLifeMs: 60_000,
      maxSuppressMs: 3_600_000,
    });
  });

  it('can be configured for guests and servers', async () => {
    expect((await peersOf('guests: [{asns: 65002, damping: true}]'))?.guests[0]?.damping).toBeDefined();
    const { servers } = await configOf(env, {
      '/c/p.yaml': 'servers: [{url: "http://a", damping: true}, {url: "http://b"}]',
    });
    expect(servers.map(({ damping }) => damping?.suppressAbove)).toEqual([6_000, undefined]);
  });

  it.each([
    [
      '2',
      '1:31: peers[0].damping: must be an object with the keys suppressAbove, reuseBelow, halfLifeSeconds, maxSuppressSeconds (got "2")',
    ],
    [
      '{suppress: 1}',
      '1:32: peers[0].damping.suppress: is not a known key; known here: suppressAbove, reuseBelow, halfLifeSeconds, maxSuppressSeconds',
    ],
    ['{reuseBelow: 0}', '1:44: peers[0].damping.reuseBelow: must be a whole number from 1 to 1000000 (got "0")'],
    ['{suppressAbove: 700}', '1:31: peers[0].damping: must have a suppressAbove (700) above reuseBelow (750)'],
    [
      '{maxSuppressSeconds: 900}',
      '1:31: peers[0].damping: never damps a route, because with these times the penalty reaches at most 1500; lower suppressAbove or halfLifeSeconds, or raise maxSuppressSeconds',
    ],
  ])('%s is rejected', async (damping, problem) => {
    expect(await problems(`peers: [{asn: 65002, damping: ${damping}}]`)).toEqual([
      expect.stringContaining(`/c/p.yaml:${problem}`),
    ]);
  });

  it('is rejected inside the own AS (RFC 2439)', async () => {
    expect(await problems('asn: 65002\npeers: [{asn: 65002, damping: true}]')).toEqual([
      expect.stringContaining('peers[0].damping: is only for peers of other ASes'),
    ]);
  });
});
