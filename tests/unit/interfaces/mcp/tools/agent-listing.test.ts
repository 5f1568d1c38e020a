import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FIRST_ROW, type RowPlace } from '../../../../../src/interfaces/mcp/agent-rows.ts';
import type { AgentDirectory } from '../../../../../src/interfaces/mcp/backend.ts';
import { estimatedTokens } from '../../../../../src/interfaces/mcp/token-budget.ts';
import { agentListing, type ListingPage } from '../../../../../src/interfaces/mcp/tools/agent-listing.ts';
import type { Filter } from '../../../../../src/interfaces/mcp/tools/list-schema.ts';
import { Router } from '../../../core/bgp/support/router.ts';

const MAX_TOKENS = 4_000;
const PEERS = ['a', 'b', 'c'];

function started(peers: readonly string[] = PEERS): Router {
  const router = new Router();
  for (const [at, peer] of peers.entries()) router.up(peer, 65_101 + at, { url: `http://${peer}.example` });
  return router;
}

function directoryOf({ speaker }: Router, notice?: string): AgentDirectory {
  return {
    asn: 65_000,
    servers: () => [{ name: 'server0', url: 'http://server0', description: '', asn: 65_001, error: undefined }],
    peers: () =>
      [...speaker.peers.values()].map(({ settings: { id, asn, url } }) => {
        return { name: id, asn, url, state: 'established', error: undefined };
      }),
    notice: () => notice,
    entriesAfter: (serial) => speaker.locRib.after(serial),
    firstRound: () => Promise.resolve(),
    refresh: () => Promise.resolve(),
  };
}

const list = (router: Router, filter: Filter = {}, start: RowPlace = FIRST_ROW, maxTokens = MAX_TOKENS) =>
  agentListing(directoryOf(router), filter, start, maxTokens);

const copies = ({ listing }: ListingPage) =>
  listing.serverAgents.flatMap(({ serverName, agents }) => agents.map(({ id }) => `${serverName} ${id}`));

const tokens = ({ listing }: ListingPage) => estimatedTokens(JSON.stringify(listing));

describe('a list in which everything fits', () => {
  it('shows all agents in full by server, without a notice about pages', () => {
    const router = started();
    router.announce(
      'b',
      'ledger',
      { communities: ['x'.repeat(100)] },
      { label: { name: 'L', description: 'd'.repeat(900) } },
    );
    router.announce('a', ['ledger', 'weather']);
    router.originate('weather');
    const page = list(router);
    expect(copies(page)).toEqual(['server0 weather', 'a ledger', 'a weather', 'b ledger']);
    expect(page.next).toBeUndefined();
    expect(page.listing.serverAgents.at(2)?.agents[0]?.description).toHaveLength(900);
    expect(page.listing.summary).toEqual({
      totalServers: 1,
      onlineServers: 1,
      totalAgents: 4,
      shown: 4,
      agentConflicts: [
        { agentId: 'weather', servers: ['server0', 'a'] },
        { agentId: 'ledger', servers: ['a', 'b'] },
      ],
      asNumbers: [65_000, 65_001, 65_101, 65_102, 65_103],
      peers: PEERS.map((name, at) => ({ name, asn: 65_101 + at, url: `http://${name}.example`, state: 'established' })),
    });
  });
});

describe('a list in which not everything fits', () => {
  it('shows agents of own servers first, whatever their age', () => {
    const router = started();
    router.announce(
      'a',
      Array.from({ length: 1_000 }, (_, at) => `flood-${at}`),
    );
    router.originate('weather');
    expect(copies(list(router))[0]).toBe('server0 weather');
  });

  it('counts all agents and explains how to see more', () => {
    const router = started();
    const names = Array.from({ length: 200 }, (_, at) => `agent-${at}`);
    router.announce('a', names);
    router.announce('b', names);
    const page = list(router);
    const { summary } = page.listing;
    expect(page.next).toBeDefined();
    expect(summary).toMatchObject({ totalAgents: 400, totalConflicts: 200, shown: copies(page).length });
    expect(summary.agentConflicts.length).toBeLessThan(200);
    expect(summary.notice).toMatch(/pass summary\.nextCursor as cursor, or filter by capability, server or asn/);
  });

  it.each<[string, Filter, number]>([
    ['limit', { limit: 5 }, 5],
    ['limit and server', { limit: 5, server: 'b' }, 5],
    ['asn', { asn: 65_103 }, 0],
    ['capability', { capability: 'coding' }, 1],
  ])('is filtered by %s', (_, filter, shown) => {
    const router = started();
    router.announce(
      'a',
      Array.from({ length: 50 }, (_, at) => `agent-${at}`),
    );
    router.announce(
      'b',
      Array.from({ length: 50 }, (_, at) => `agent-${at}`),
    );
    router.announce('b', 'coder', { capabilities: ['coding/typescript'] });
    const page = list(router, filter);
    expect(page.listing.summary.shown).toBe(shown);
    if (filter.server !== undefined) expect(copies(page).every((copy) => copy.startsWith('b '))).toBe(true);
  });
});

describe('the pages of a list', () => {
  const agents = fc.integer({ min: 0, max: 9 }).map((at) => `agent-${at}`);
  const change = fc.record({ peer: fc.constantFrom(...PEERS), agent: agents, comes: fc.boolean() });

  it('contain each persistent copy exactly once while others come and go', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(fc.constantFrom(...PEERS), agents), { maxLength: 20, selector: String }),
        fc.array(fc.array(change, { maxLength: 4 }), { maxLength: 40 }),
        fc.integer({ min: 1, max: 4 }),
        (first, turns, limit) => {
          const router = started();
          for (const [peer, agent] of first) router.announce(peer, agent);
          const changed = new Set(turns.flat().map(({ peer, agent }) => `${peer} ${agent}`));
          // An agent keeps its place for as long as any copy of it is there.
          const stay = first.map(([peer, agent]) => `${peer} ${agent}`).filter((copy) => !changed.has(copy));
          const seen: string[] = [];
          let start: RowPlace | undefined = FIRST_ROW;
          for (let turn = 0; start !== undefined && turn < 200; turn += 1) {
            const page: ListingPage = list(router, { limit }, start);
            seen.push(...copies(page));
            for (const { peer, agent, comes } of turns[turn] ?? []) {
              if (comes) router.announce(peer, agent);
              else router.withdraw(peer, agent);
            }
            start = page.next;
          }
          expect(start).toBeUndefined();
          expect(stay.map((copy) => seen.filter((one) => one === copy).length)).toEqual(stay.map(() => 1));
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('no page exceeds its token limit, whatever peers send', () => {
  const text = (unit: string, length: number) => unit.repeat(length).slice(0, length);

  it.each(['x', 'ä', '天', '😀', '"', '\\'])('10,000 agents of %j', (unit) => {
    const router = started();
    const long = (at: number) => `${text(unit, 240)}-${at}`;
    const lists = { communities: Array.from({ length: 256 }, (_, at) => `${text(unit, 240)}${at}`) };
    const label = { name: text(unit, 128), description: text(unit, 1_024) };
    for (let at = 0; at < 10_000; at += 500) {
      router.announce(
        'a',
        Array.from({ length: 500 }, (_, more) => long(at + more)),
        lists,
        { label },
      );
    }
    let start: RowPlace | undefined = FIRST_ROW;
    for (let turn = 0; turn < 5 && start !== undefined; turn += 1) {
      const page: ListingPage = list(router, {}, start);
      expect(tokens(page)).toBeLessThanOrEqual(MAX_TOKENS);
      expect(page.listing.summary.shown).toBeGreaterThan(0);
      start = page.next;
    }
    expect(start).toBeDefined();
  });

  it.each([500, 1_000, 4_000, 20_000])('any budget, here %i, with routers of every kind', (maxTokens) => {
    const some = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }).filter((id) => !/[~.\p{C}]/u.test(id));
    fc.assert(
      fc.property(
        fc.uniqueArray(some, { minLength: 1, maxLength: 20 }),
        fc.array(fc.string({ unit: 'grapheme', maxLength: 128 }), { maxLength: 64 }),
        fc.string({ unit: 'grapheme', maxLength: 1_024 }),
        fc.integer({ min: 1, max: 60 }),
        (ids, communities, description, peers) => {
          const router = started(Array.from({ length: peers }, (_, at) => `peer-${at}-${'p'.repeat(40)}`));
          for (const peer of router.speaker.peers.keys()) {
            router.announce(peer, ids, { communities }, { label: { name: 'x', description } });
          }
          const page = agentListing(directoryOf(router, description.repeat(9)), {}, FIRST_ROW, maxTokens);
          // One agent is always shown, or no page would follow.
          expect(tokens(page)).toBeLessThanOrEqual(Math.max(maxTokens, 2_000));
          expect(page.listing.summary.shown).toBeGreaterThan(0);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('hundreds of guests', () => {
    const router = started(Array.from({ length: 250 }, (_, at) => `as65200/10.0.0.${at}`));
    for (const peer of router.speaker.peers.keys()) router.announce(peer, 'same');
    const page = list(router);
    expect(tokens(page)).toBeLessThanOrEqual(MAX_TOKENS);
    expect(page.listing.summary).toMatchObject({ totalPeers: 250, totalAgents: 250 });
  });
});
