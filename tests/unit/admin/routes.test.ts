import { describe, expect, it } from 'vitest';
import { InvalidQuery } from '../../../src/admin/invalid-query.ts';
import { routes } from '../../../src/admin/routes.ts';
import { Router } from '../bgp/support/router.ts';

const SELF = 'http://self.example';

function router(): Router {
  const started = new Router();
  started.up('near', 65_010, { url: 'http://near.example' });
  started.up('near-2', 65_010);
  started.up('far', 65_020, { url: 'http://far.example' });
  started.announce('near', 'weather');
  started.announce('far', 'compiler');
  return started;
}

const ask = (query: string, started = router()) => routes(started.speaker, new URLSearchParams(query), SELF);

describe('routes for operators', () => {
  it.each([
    ['rib=in&peer=near', ['weather']],
    ['rib=in&peer=65010', ['weather']],
    ['peer=65010', ['weather']],
    ['peer=near-2', []],
    ['peer=far', ['compiler']],
    ['rib=out&peer=65020', ['weather']],
    ['rib=out&peer=65010', ['compiler', 'compiler']],
  ])('%s are those of that peer, by its name or its AS', (query, agents) => {
    expect(ask(query).map(({ agentId }) => agentId)).toEqual(agents);
  });

  it.each([
    ['bogus=1', 'each parameter must be one of: family, rib, peer'],
    ['peer=65030', 'peer must be one of: near, 65010, near-2, far, 65020'],
    ['peer=', 'peer must be one of: near, 65010, near-2, far, 65020'],
  ])('%s is refused with what there is', (query, message) => {
    expect(() => ask(query)).toThrow(InvalidQuery);
    expect(() => ask(query)).toThrow(message);
  });

  it('show this router as the next hop of what it tells its peers (RFC 4271 §5.1.3)', () => {
    expect(ask('rib=out').map(({ nextHop }) => nextHop)).toEqual([SELF, SELF, SELF]);
  });

  it('show the next hop that a peer is told of where it is not this router', () => {
    const started = new Router({ allowNextHops: ['http://server.example'] });
    started.up('near', 65_010, { url: 'http://near.example' });
    started.up('far', 65_020, { nextHop: 'unchanged' });
    started.announce('near', 'weather', { nextHop: 'http://server.example' });
    expect(ask('rib=out&peer=far', started)).toMatchObject([{ nextHop: 'http://server.example' }]);
  });

  it('show the peer that told of a route as its next hop where it names none', () => {
    expect(ask('rib=in').map(({ nextHop }) => nextHop)).toEqual(['http://near.example', 'http://far.example']);
  });
});
