import { MastraClient } from '@mastra/client-js';
import { RequestContext } from '@mastra/core/request-context';
import { afterEach, describe, expect, it } from 'vitest';
import { startMastra, type RunningMastra, type ScriptedAgent } from '../servers/mastra-server.ts';
import { freePort } from '../servers/free-port.ts';
import { knows, reaches, startTestRouter } from './test-router.ts';
import { startProgram, type Program } from './program.ts';

/** Without a guard the outer call goes round until this is over, and ends in `TIMEOUT`. */
const timeoutMs = 10_000;

const messages = [{ role: 'user' as const, content: 'go' }];

const running: { readonly stop: () => Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
});

function kept<T extends { readonly stop: () => Promise<void> }>(one: T): T {
  running.push(one);
  return one;
}

/** What the documentation tells authors of tools to hand on. */
function context(requestContext: RequestContext): Record<string, string> {
  return requestContext.get<string, Record<string, string>>('agent-bgp');
}

/** The recipe for a proxy on stdio: the context goes into `_meta`. */
async function askByMcp({ client }: Program, targetAgentId: string, requestContext: RequestContext): Promise<string> {
  const call = { name: 'agent-proxy', arguments: { targetAgentId, messages }, _meta: context(requestContext) };
  const { content } = await client.callTool(call);
  return (content as { text: string }[])[0]!.text;
}

/** The recipe for a router's own front: the context goes into the headers. */
async function askByHttp(baseUrl: string, agent: string, requestContext: RequestContext): Promise<string> {
  const client = new MastraClient({ baseUrl, retries: 0, headers: context(requestContext) });
  const asked = client.getAgent(agent).generate(messages);
  return asked.then(({ text }) => text).catch((error: unknown) => String(error));
}

function asking(id: string, ask: ScriptedAgent['ask'], more: Partial<ScriptedAgent> = {}): ScriptedAgent {
  return { id, behaviour: 'ask', ask: ask!, ...more };
}

/** How often each agent's model was asked: twice in a run, for what its tool said is put to it too. */
function runs(server: RunningMastra): Record<string, number> {
  return Object.fromEntries(Object.entries(server.counts()).map(([id, { calls }]) => [id, calls / 2]));
}

interface Answer {
  readonly responseData: { readonly text: string };
}

async function textOf(program: Program, targetAgentId: string, args: object = {}): Promise<string> {
  const { responseData } = await program.call<Answer>('agent-proxy', { targetAgentId, messages, timeoutMs, ...args });
  return responseData.text;
}

describe('agents that call each other through proxies', () => {
  it.each(['generate', 'stream'])(
    'in a cycle of two, each with a proxy of its own, run once each (%s)',
    async (how) => {
      const proxies: Program[] = [];
      const server = kept(
        await startMastra({
          agents: [
            asking('ping', (requestContext) => askByMcp(proxies[0]!, 'pong', requestContext)),
            asking('pong', (requestContext) => askByMcp(proxies[1]!, 'ping', requestContext)),
          ],
        }),
      );
      for (let count = 0; count < 2; count += 1) proxies.push(kept(await startProgram({ MASTRA_SERVERS: server.url })));
      const outer = kept(await startProgram({ MASTRA_SERVERS: server.url }));
      await Promise.all([outer, ...proxies].map((program) => program.call('list-agents', {})));
      const text = await textOf(outer, 'ping', { interactionType: how });
      expect(text).toContain('echo from ping: ');
      expect(text).toContain('LOOP_DETECTED');
      expect(text).toContain("The agent 'ping'");
      expect(runs(server)).toEqual({ ping: 1, pong: 1 });
    },
  );

  it('in a cycle of three, over two organisations, by MCP and by HTTP, run once each', async () => {
    const [port, otherPort] = [await freePort(), await freePort()];
    const here = `http://127.0.0.1:${port}`;
    const there = `http://127.0.0.1:${otherPort}`;
    const proxies: Program[] = [];
    const server = kept(
      await startMastra({ agents: [asking('a', (requestContext) => askByMcp(proxies[0]!, 'b', requestContext))] }),
    );
    const other = kept(
      await startMastra({
        agents: [
          asking('b', (requestContext) => askByHttp(there, 'c', requestContext)),
          asking('c', (requestContext) => askByHttp(there, 'a', requestContext)),
        ],
      }),
    );
    const first = startTestRouter({ asn: 65101, port, servers: server.url, peers: [`65102@${there}`] });
    const second = startTestRouter({ asn: 65102, port: otherPort, servers: other.url, peers: [`65101@${here}`] });
    const [mine, theirs] = [kept(await first), kept(await second)];
    proxies.push(mine);
    await Promise.all([knows(mine, 'b'), knows(theirs, 'a')]);
    expect(await textOf(mine, 'a')).toContain('LOOP_DETECTED');
    expect(runs(server)).toEqual({ a: 1 });
    expect(runs(other)).toEqual({ b: 1, c: 1 });
  });

  it('are no loop as long as each is another one, whatever router is between them', async () => {
    const proxies: Program[] = [];
    const seen: unknown[] = [];
    const server = kept(
      await startMastra({
        agents: [
          asking('asker', (requestContext) => askByMcp(proxies[0]!, 'maker', requestContext)),
          asking('maker', (requestContext) => askByMcp(proxies[0]!, 'coding/tests', requestContext), {
            capabilities: ['coding/tests'],
          }),
          asking(
            'tester',
            (requestContext) => {
              seen.push(requestContext.get('mine'), requestContext.get('agent-bgp'));
              return Promise.resolve('tested');
            },
            { capabilities: ['coding/tests'] },
          ),
        ],
      }),
    );
    const proxy = kept(await startProgram({ MASTRA_SERVERS: server.url }));
    proxies.push(proxy);
    expect(await textOf(proxy, 'asker')).toContain('tested');
    expect(runs(server)).toEqual({ asker: 1, maker: 1, tester: 1 });
    const agentOptions = { requestContext: { mine: 'kept' } };
    expect(await textOf(proxy, 'tester', { agentOptions })).toContain('tested');
    expect(seen.slice(0, 2)).toMatchObject([undefined, { 'agent-bgp-hop-limit': '13' }]);
    expect(seen.slice(2)).toMatchObject(['kept', { 'agent-bgp-hop-limit': '15' }]);
  });
});

describe('what a call brings along', () => {
  it('is what the agent is told through a router too, beside what its client says', async () => {
    const seen: unknown[] = [];
    const agents = [
      asking('one', (requestContext) => {
        seen.push(requestContext.get('mine'), requestContext.get('agent-bgp'));
        return Promise.resolve('done');
      }),
    ];
    const server = kept(await startMastra({ agents }));
    const port = await freePort();
    const router = kept(await startTestRouter({ asn: 65101, port, servers: server.url }));
    await reaches(router, 'one');
    const traceparent = '00-0123456789abcdef0123456789abcdef-0123456789abcdef-01';
    const headers = { traceparent, 'agent-bgp-hop-limit': '9', 'agent-bgp-agents': 'abcdefghijkl' };
    const agent = new MastraClient({ baseUrl: router.url, retries: 0, headers }).getAgent('one');
    await agent.generate(messages, { requestContext: new RequestContext([['mine', 'kept']]) });
    await agent.generate(messages);
    const told = {
      'agent-bgp-hop-limit': '8',
      'agent-bgp-agents': expect.stringMatching(/^abcdefghijkl, [\w-]{12}$/) as string,
      traceparent: expect.stringContaining('0123456789abcdef0123456789abcdef') as string,
    };
    expect(seen).toEqual(['kept', told, undefined, told]);
  });

  it('is refused at the limit, and where it is not what a router writes', async () => {
    const server = kept(await startMastra({ agents: [{ id: 'one' }] }));
    const program = kept(await startProgram({ MASTRA_SERVERS: server.url }));
    const failureWith = async (_meta: Record<string, string>) => {
      const call = { name: 'agent-proxy', arguments: { targetAgentId: 'one', messages }, _meta };
      const { content } = await program.client.callTool(call);
      return JSON.parse((content as { text: string }[])[0]!.text) as unknown;
    };
    expect(await failureWith({ 'agent-bgp-hop-limit': '0' })).toMatchObject({ code: 'LOOP_DETECTED' });
    expect(await failureWith({ 'agent-bgp-agents': 'one' })).toMatchObject({ code: 'INVALID_REQUEST' });
    expect(server.counts()['one']).toMatchObject({ calls: 0 });
  });
});
