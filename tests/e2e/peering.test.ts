import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMastra, type RunningMastra } from '../servers/mastra-server.ts';
import { freePort } from '../servers/free-port.ts';
import { knows, startTestRouter, type TestRouter } from './test-router.ts';

const say = (content: string) => ({ messages: [{ role: 'user', content }] });

describe('two routers', () => {
  let finance: TestRouter;
  let engineering: TestRouter;
  let ledgers: RunningMastra;
  let compilers: RunningMastra;
  let latePort: number;

  beforeAll(async () => {
    const [a, b] = [await freePort(), await freePort()];
    latePort = await freePort();
    ledgers = await startMastra({ agents: [{ id: 'ledger', description: 'Keeps books' }] });
    compilers = await startMastra({ agents: [{ id: 'compiler', chunkDelayMs: 5 }] });
    [finance, engineering] = await Promise.all([
      startTestRouter({
        asn: 65101,
        port: a,
        peers: [`65102@http://127.0.0.1:${b}`, `65103@http://127.0.0.1:${latePort}`],
        servers: ledgers.url,
      }),
      startTestRouter({ asn: 65102, port: b, peers: [`65101@http://127.0.0.1:${a}`], servers: compilers.url }),
    ]);
  });

  afterAll(async () => {
    await Promise.all([finance.stop(), engineering.stop()]);
    await Promise.all([ledgers.stop(), compilers.stop()]);
  });

  it('learn each other’s agents, with the AS path', async () => {
    await Promise.all([knows(finance, 'compiler'), knows(engineering, 'ledger')]);
    expect(await finance.agents()).toEqual({ ledger: [65001], compiler: [65102] });
    expect(await engineering.agents()).toEqual({ compiler: [65001], ledger: [65101] });
  });

  it('carry each other’s calls', async () => {
    await knows(finance, 'compiler');
    const reply = await finance.call('agent-proxy', { targetAgentId: 'compiler', ...say('hello') });
    expect(reply).toMatchObject({
      success: true,
      responseData: { text: expect.stringContaining('hello') as string },
      serverUsed: engineering.url,
      fullyQualifiedId: 'as65102:compiler',
      routeMetrics: { asPath: [65102] },
    });
    const named = await finance.call('agent-proxy', { targetAgentId: 'as65102:compiler', ...say('hello') });
    expect(named).toMatchObject({ success: true, resolutionMethod: 'explicit_qualification' });
    expect(compilers.counts()['compiler']).toMatchObject({ calls: 2 });
  });

  it('know each other’s agents from the first request on', async () => {
    await knows(finance, 'compiler');
    const late = await startTestRouter({ asn: 65103, port: latePort, peers: [`65101@${finance.url}`] });
    try {
      const [agents, ...replies] = await Promise.all([
        late.agents(),
        ...['ledger', 'as65101:ledger', 'as65102:compiler'].map((targetAgentId) =>
          late.call('agent-proxy', { targetAgentId, ...say('hello') }),
        ),
      ]);
      expect(agents).toEqual({ ledger: [65101], compiler: [65101, 65102] });
      expect(replies).toMatchObject([{ success: true }, { success: true }, { success: true }]);
    } finally {
      await late.stop();
    }
  });

  it('relay streams', async () => {
    await knows(finance, 'compiler');
    const reply = await finance.call('agent-proxy', {
      targetAgentId: 'compiler',
      interactionType: 'stream',
      ...say('one two three'),
    });
    expect(reply).toMatchObject({
      responseData: { type: 'collected_stream', text: expect.stringContaining('one two three') as string },
    });
  });
});
