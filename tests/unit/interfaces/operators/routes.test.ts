import { describe, expect, it } from 'vitest';
import { InvalidQuery } from '../../../../src/interfaces/operators/invalid-query.ts';
import { routes } from '../../../../src/interfaces/operators/routes.ts';
import type { ShownRoute } from '../../../../src/interfaces/operators/shown-route.ts';
import { Cursors } from '../../../../src/base/lists/cursors.ts';
import { Router } from '../../core/bgp/support/router.ts';

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

const cursors = new Cursors();

/** One page, and the query of the next. */
async function page(query: string, started = router()) {
  const { body, next } = routes(started.speaker, new URLSearchParams(query), SELF, cursors);
  return { shown: (await new Response(body).json()) as ShownRoute[], next };
}

const ask = async (query: string, started = router()) => (await page(query, started)).shown;

describe('routes for operators', () => {
  it.each([
    ['rib=in&peer=near', ['weather']],
    ['rib=in&peer=65010', ['weather']],
    ['peer=65010', ['weather']],
    ['peer=near-2', []],
    ['peer=far', ['compiler']],
    ['rib=out&peer=65020', ['weather']],
    ['rib=out&peer=65010', ['compiler', 'compiler']],
  ])('%s are those of that peer, by its name or its AS', async (query, agents) => {
    expect((await ask(query)).map(({ agentId }) => agentId)).toEqual(agents);
  });

  it.each([
    ['bogus=1', 'each parameter must be one of: family, rib, peer, limit, cursor'],
    ['limit=0', 'limit must be a whole number from 1 to 10000'],
    ['limit=10001', 'limit must be a whole number from 1 to 10000'],
    ['limit=1e2', 'limit must be a whole number from 1 to 10000'],
    ['limit=', 'limit must be a whole number from 1 to 10000'],
    ['cursor=', 'cursor must come from the Link header of this query'],
    [`cursor=${new Cursors().seal('[null,null,null]', [1, 'best'])}`, 'cursor must come from the Link header'],
    [`rib=in&cursor=${cursors.seal('[null,null,null]', [1, 'best'])}`, 'cursor must come from the Link header'],
    ['peer=65030', 'peer must be one of: near, 65010, near-2, far, 65020'],
    ['peer=', 'peer must be one of: near, 65010, near-2, far, 65020'],
  ])('%s is rejected with the valid values', async (query, message) => {
    await expect(ask(query)).rejects.toThrow(InvalidQuery);
    await expect(ask(query)).rejects.toThrow(message);
  });

  it('show this router as the next hop of its announcements (RFC 4271 §5.1.3)', async () => {
    expect((await ask('rib=out')).map(({ nextHop }) => nextHop)).toEqual([SELF, SELF, SELF]);
  });

  it('show an announced next hop other than this router', async () => {
    const started = new Router({ allowNextHops: ['http://server.example'] });
    started.up('near', 65_010, { url: 'http://near.example' });
    started.up('far', 65_020, { nextHop: 'unchanged' });
    started.announce('near', 'weather', { nextHop: 'http://server.example' });
    expect(await ask('rib=out&peer=far', started)).toMatchObject([{ nextHop: 'http://server.example' }]);
  });

  it('show the announcing peer as the next hop of a route that names none', async () => {
    expect((await ask('rib=in')).map(({ nextHop }) => nextHop)).toEqual(['http://near.example', 'http://far.example']);
  });
});

describe('pages of routes', () => {
  it.each(['', 'rib=in', 'rib=out', 'rib=in&family=agent', 'rib=out&peer=far'])(
    '%s meet every route that stays exactly once, while others come and go',
    async (query) => {
      const started = new Router();
      for (const [id, asn] of [
        ['near', 65_010],
        ['mid', 65_015],
        ['far', 65_020],
      ] as const)
        started.up(id, asn, { url: `http://${id}.example` });
      const staying = Array.from({ length: 20 }, (_, at) => `stays-${at}`);
      const going = Array.from({ length: 20 }, (_, at) => `goes-${at}`);
      for (const at of staying.keys())
        for (const id of ['near', 'mid']) started.announce(id, [staying[at]!, going[at]!]);
      const seen: string[] = [];
      let next: string | undefined = `${query}&limit=3`;
      for (let turn = 0; next !== undefined; turn += 1) {
        const { shown, next: more }: Awaited<ReturnType<typeof page>> = await page(next, started);
        expect(shown.length).toBeLessThanOrEqual(3);
        seen.push(
          ...shown.map((route) =>
            JSON.stringify([
              route.agentId,
              'peer' in route ? route.peer : undefined,
              'source' in route ? route.source : undefined,
            ]),
          ),
        );
        if (turn < going.length) started.withdraw('near', going[turn]!);
        if (turn < going.length) started.withdraw('mid', going[turn]!);
        started.announce('near', `comes-${turn}`);
        next = turn < 100 ? more : undefined;
      }
      const stayed = seen.filter((route) => route.includes('stays-'));
      expect(new Set(stayed).size).toBe(stayed.length);
      const copies = query === '' || query.includes('peer=') ? 1 : 2;
      expect(stayed).toHaveLength(staying.length * copies);
    },
  );

  it('end even if routes arrive while they are read', async () => {
    const started = router();
    const { body } = routes(started.speaker, new URLSearchParams(), SELF, cursors);
    const reader = body.getReader();
    let [parts, text] = [0, ''];
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      text += new TextDecoder().decode(part.value);
      parts += 1;
      started.announce(
        'near',
        Array.from({ length: 500 }, (_, at) => `late-${parts}-${at}`),
      );
    }
    expect((JSON.parse(text) as ShownRoute[]).map(({ agentId }) => agentId)).toEqual(['weather', 'compiler']);
  });
});
