import { describe, expect, it } from 'vitest';
import { routingTable } from '../../../../src/data-plane/forwarding/routing-table.ts';
import { policyOf, Router } from '../../core/bgp/support/router.ts';

const policy = policyOf({
  import: [
    { name: 'no-secrets', match: { communities: ['secret'] }, action: 'reject' },
    { name: 'by-name', match: { peers: ['http://10.0.0.9'] }, action: 'reject' },
    { name: 'own-as', match: { peers: [65_000], capabilities: ['coding'] }, set: { localPref: 300 } },
  ],
});

function started() {
  const router = new Router({ policy });
  router.up('a', 65_010, { url: 'http://a.example/bgp/' });
  router.announce('a', 'secretAgent', { communities: ['secret'] });
  router.announce('a', ['codeAgent', '~coding'], { capabilities: ['coding'] });
  router.originate('codeAgent', { capabilities: ['coding/typescript'] });
  router.originate('codeAgent', {}, { id: 'server1', nextHop: 'http://127.0.0.1:4112', rank: 1 });
  return { router, table: routingTable(router.speaker) };
}

describe('the routing table', () => {
  const { router, table } = started();
  const hops = (nlri: string, wanted = {}) =>
    table.callRoutes(nlri, { required: [], ...wanted }).map(({ source }) => (source.kind === 'self' ? '' : source.id));

  it('holds each destination with its best route', () => {
    expect(table.destination('codeAgent')?.best?.source).toMatchObject({ kind: 'stub', id: 'server0' });
    expect(table.destination('secretAgent')?.best).toBeUndefined();
    expect(table.destination('nobody')).toBeUndefined();
    expect([...table.locRib()].map(({ nlri }) => nlri)).toEqual(
      [...router.speaker.locRib.entries()].map(({ nlri }) => nlri),
    );
  });

  it.each([
    ['coding/typescript', '~coding/typescript'],
    ['coding/rust', '~coding'],
    ['cooking', undefined],
  ])('covers %s most closely by %s', (path, nlri) => {
    expect(table.longestMatch(path)?.nlri).toBe(nlri);
  });

  it.each([
    ['coding/typescript', true],
    ['coding', false],
  ])('has %s on servers of its own: %s', (path, isOwn) => {
    expect(table.originates(path)).toBe(isOwn);
  });

  it.each([
    ['without limits', {}, ['server0', 'server1']],
    ['with a capability that one copy has', { required: ['coding/typescript'] }, ['server0']],
    [
      'with a copy that is meant',
      { only: ({ source }: { source: { kind: string } }) => source.kind === 'peer' },
      ['a'],
    ],
  ])('lets a call that begins here try its routes in order, %s', (_case, wanted, tried) => {
    expect(hops('codeAgent', wanted)).toEqual(tried);
  });

  it('says why the first route is the first', () => {
    const wanted = { required: ['coding'] };
    const [first] = table.callRoutes('codeAgent', wanted);
    expect(table.contest('codeAgent', wanted, first!)).toEqual({ candidates: 2, decidedBy: 'locally-originated' });
  });

  it.each([
    ['secretAgent', 'no-secrets'],
    ['codeAgent', undefined],
    ['nobody', undefined],
  ])('says what denies a call of %s: %s', (nlri, name) => {
    expect(table.denial(nlri, { required: [] })?.name).toBe(name);
  });

  it.each([
    ['http://a.example/bgp', true],
    ['http://a.example', false],
    ['http://b.example', false],
  ])('knows %s as the URL of a peer: %s', (url, isPeer) => {
    expect(table.isPeer(url)).toBe(isPeer);
  });
});

describe('import policy on an agent that no route names', () => {
  const { table } = started();
  const agent = { id: 'codeAgent', capabilities: [], communities: [] };

  it.each([
    ['an agent without marks', agent, 'http://10.0.0.8', { accepted: true }],
    [
      'its communities',
      { ...agent, communities: ['secret'] },
      'http://10.0.0.8',
      { accepted: false, name: 'no-secrets' },
    ],
    ['its next hop', agent, 'http://10.0.0.9', { accepted: false, name: 'by-name' }],
    [
      'its capabilities, and the AS of this router',
      { ...agent, capabilities: ['coding'] },
      'http://10.0.0.8',
      { accepted: true, attributes: { localPref: 300 } },
    ],
  ])('judges %s', (_case, judged, nextHop, verdict) => {
    expect(table.judge(judged, nextHop)).toMatchObject(verdict);
  });
});
