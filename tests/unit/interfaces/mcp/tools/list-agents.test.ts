import { describe, expect, it } from 'vitest';
import { Cursors } from '../../../../../src/base/lists/cursors.ts';
import { SecretMask } from '../../../../../src/base/telemetry/secret-mask.ts';
import type { AgentDirectory } from '../../../../../src/interfaces/mcp/backend.ts';
import type { ToolContext } from '../../../../../src/interfaces/mcp/tool.ts';
import { listAgents } from '../../../../../src/interfaces/mcp/tools/list-agents.ts';
import { outputSchema, type Listing } from '../../../../../src/interfaces/mcp/tools/list-schema.ts';
import { Router } from '../../../core/bgp/support/router.ts';

const server = (name: string, asn: number) => {
  return { name, url: `http://${name}`, description: '', asn, error: undefined };
};

/** Lists over two servers with two agents each, and one peer without agents. Notes what the directory is asked for. */
function setting(servers = [server('alps', 65_001), server('coast', 65_002)]) {
  const router = new Router();
  for (const { name, asn } of servers.slice(0, 2)) {
    for (const agent of ['cook', 'guide']) router.originate(agent, {}, { id: name, asn, nextHop: `http://${name}` });
  }
  const asked: string[] = [];
  const ask = (what: string) => (name: string | undefined) => {
    asked.push(`${what} ${name ?? 'all'}`);
    return Promise.resolve();
  };
  const directory: AgentDirectory = {
    asn: 65_000,
    servers: () => servers,
    peers: () => [{ name: 'as65010', asn: 65_010, url: undefined, state: 'idle', error: undefined }],
    notice: () => undefined,
    entriesAfter: (serial) => router.speaker.locRib.after(serial),
    firstRound: ask('first round of'),
    refresh: ask('refresh'),
  };
  const context: ToolContext = {
    backend: {
      call: () => Promise.reject(new Error('no call is made')),
      directory,
      maxResultLength: 1_000,
      lists: { maxTokens: 10_000, cursors: new Cursors() },
      mask: new SecretMask([]),
    },
    signal: new AbortController().signal,
    brought: () => undefined,
    keep: () => undefined,
    progress: undefined,
  };
  const list = async (args: object): Promise<Listing> => outputSchema.parse(await listAgents.run(args, context));
  return { list, asked };
}

const copies = ({ serverAgents }: Listing) =>
  serverAgents.flatMap(({ serverName, agents }) => agents.map(({ id }) => `${serverName} ${id}`));

describe('a list', () => {
  it.each([
    [{}, ['alps cook', 'alps guide', 'coast cook', 'coast guide'], ['first round of all']],
    [{ server: 'coast' }, ['coast cook', 'coast guide'], ['first round of coast']],
    [{ server: 'as65010' }, [], ['first round of as65010']],
    [{ asn: 65_001 }, ['alps cook', 'alps guide'], ['first round of all']],
    [{ server: 'coast', refresh: true }, ['coast cook', 'coast guide'], ['refresh coast']],
    [{ asn: 65_001, refresh: true }, ['alps cook', 'alps guide'], ['refresh all']],
    [{ asn: 65_001, refresh: false }, ['alps cook', 'alps guide'], ['first round of all']],
  ])('with %j shows these agents and waits for what is asked', async (args, shown, waits) => {
    const { list, asked } = setting();
    expect(copies(await list(args)).sort()).toEqual(shown);
    expect(asked).toEqual(waits);
  });

  it.each([
    [{ server: 'moon' }, ['first round of moon']],
    [{ server: 'moon', refresh: true }, []],
    [{ cursor: 'a guess' }, []],
    [{ unknown: 1 }, []],
    [{ limit: 0 }, []],
  ])('with %j is the mistake of the caller, and no server is asked again', async (args, waits) => {
    const { list, asked } = setting();
    await expect(list(args)).rejects.toMatchObject({ code: 'INVALID_REQUEST', blames: 'caller' });
    expect(asked).toEqual(waits);
  });

  it.each([
    [1, /Known servers: s0, as65010\.$/],
    [30, /Known servers: s0, .*, s19 and 11 more\.$/],
  ])('of an unknown server names those that there are, here %d, up to twenty', async (count, says) => {
    const { list } = setting(Array.from({ length: count }, (_, at) => server(`s${at}`, 65_001)));
    await expect(list({ server: 'moon' })).rejects.toThrow(says);
  });
});

describe('the pages of a list', () => {
  it('go on where the last one ended, whatever their size', async () => {
    const { list } = setting();
    const first = await list({ limit: 1 });
    const second = await list({ limit: 2, cursor: first.summary.nextCursor });
    const third = await list({ cursor: second.summary.nextCursor });
    expect([first, second, third].map((page) => copies(page).length)).toEqual([1, 2, 1]);
    expect(new Set([first, second, third].flatMap(copies)).size).toBe(4);
    expect(third.summary.nextCursor).toBeUndefined();
  });

  it.each([{ server: 'alps' }, { asn: 65_001 }, { capability: 'cooking' }])(
    'do not go on in another list, here one with %j',
    async (filter) => {
      const { list } = setting();
      const { summary } = await list({ limit: 1 });
      await expect(list({ ...filter, cursor: summary.nextCursor })).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
    },
  );
});
