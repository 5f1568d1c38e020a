import { describe, expect, it } from 'vitest';
import { namedAgent } from '../../../../src/servers/mastra/named-agent.ts';

const SIGNAL = new AbortController().signal;
const BASE = 'http://server:4111/base';

/** An agent as Mastra lists it. Its details are the same without the id. */
const details = (name: string, metadata: object = {}) => ({ name, description: '', tools: {}, metadata });
const entry = (id: string, metadata: object = {}) => ({ id, ...details(id, metadata) });

const CANNED: Readonly<Record<string, unknown>> = {
  '/base/api/agents': {
    payroll: entry('payroll', { capabilities: ['finance/payroll'], communities: ['secret'] }),
    'open/agent': entry('open/agent', { capabilities: ['chat'] }),
    twin: { id: 'twin', ...details('Twin') },
    'other-twin': { id: 'other-twin', ...details('Twin') },
    legacyKey: { ...details('Legacy') },
    renamed: { ...entry('realId'), name: 'Renamed' },
    broken: 'no object',
  },
  '/base/api/agents/hr': details('payroll', { capabilities: ['finance/payroll'], communities: ['secret'] }),
  '/base/api/agents/twins': details('Twin'),
  '/base/api/agents/subAgent': details('Not listed'),
  '/base/api/agents/empty': {},
  '/base/api/agents/list': [],
  '/base/api/agents/with%20space%3F': details('open/agent', { capabilities: ['chat'] }),
};

function serving(replies: Readonly<Record<string, unknown>>, status = 200) {
  const asked: string[] = [];
  const fetch = ((url: string) => {
    const { pathname } = new URL(url);
    asked.push(pathname);
    const reply = replies[pathname];
    if (reply === undefined) return Promise.resolve(Response.json({ error: 'Not Found' }, { status: 404 }));
    return Promise.resolve(
      typeof reply === 'string' ? new Response(reply, { status }) : Response.json(reply, { status }),
    );
  }) as typeof globalThis.fetch;
  return { asked, fetch };
}

const find = (name: string, { fetch } = serving(CANNED)) => namedAgent(BASE, name, fetch, SIGNAL);

describe('the agent that a server means by a name', () => {
  it.each([
    ['payroll', 'payroll'],
    ['open/agent', 'open/agent'],
    ['legacyKey', 'legacyKey'],
    ['renamed', 'realId'],
    ['realId', 'realId'],
    ['hr', 'payroll'],
    ['with space?', 'open/agent'],
  ])('of %s is %s', async (name, id) => {
    expect(await find(name)).toMatchObject({ id });
  });

  it('has its capabilities and communities for policy', async () => {
    expect(await find('hr')).toMatchObject({
      id: 'payroll',
      capabilities: ['finance/payroll'],
      communities: ['secret'],
      inferred: false,
    });
  });

  it.each(['subAgent', 'twins', 'empty', 'nobody', 'broken'])(
    'is unknown for %s, which the listing does not explain',
    async (name) => {
      expect(await find(name)).toBeUndefined();
    },
  );

  it('is found with one request if the listing has the name', async () => {
    const server = serving(CANNED);
    await find('payroll', server);
    expect(server.asked).toEqual(['/base/api/agents']);
  });

  it.each([
    ['rejects the request', serving({ '/base/api/agents': {} }, 401)],
    ['has no listing', serving({})],
    ['returns a list that is not a listing', serving({ '/base/api/agents': [] })],
    ['returns a body that is not JSON', serving({ '/base/api/agents': '<!doctype html>' })],
    ['fails', serving({ '/base/api/agents': {} }, 500)],
  ])('is not guessed if the server %s', async (_, server) => {
    await expect(find('payroll', server)).rejects.toMatchObject({ code: 'SERVER_UNAVAILABLE' });
  });

  it('is not guessed if the details do not describe an agent', async () => {
    await expect(find('list')).rejects.toMatchObject({ code: 'SERVER_UNAVAILABLE' });
  });
});
