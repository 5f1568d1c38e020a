import { writeFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { MastraClient } from '@mastra/client-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMastra, type RunningMastra } from '../servers/mastra-server.ts';
import { freePort } from '../servers/free-port.ts';
import { forgets, knows, reaches, startTestRouter, type TestRouter } from './test-router.ts';
import { spawnProgram, until } from './program.ts';

const say = (content: string) => ({ messages: [{ role: 'user', content }] });

function policyFile(policy: object): string {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'policy-')), 'policy.json');
  writeFileSync(file, JSON.stringify(policy));
  return file;
}

describe('a chain of finance, core and engineering', () => {
  const ports = { finance: 0, core: 0, engineering: 0 };
  let finance: TestRouter;
  let core: TestRouter;
  let engineering: TestRouter;
  let compilers: RunningMastra;

  const at = (name: keyof typeof ports, asn: number) => `${asn}@http://127.0.0.1:${ports[name]}`;
  const startCore = () =>
    startTestRouter({ asn: 65102, port: ports.core, peers: [at('finance', 65101), at('engineering', 65103)] });

  beforeAll(async () => {
    for (const name of ['finance', 'core', 'engineering'] as const) ports[name] = await freePort();
    compilers = await startMastra({
      port: await freePort(),
      agents: [
        { id: 'compiler', description: 'Compiles', capabilities: ['coding/typescript'], chunkDelayMs: 2 },
        { id: 'payroll' },
        { id: 'patient', behaviour: 'hang' },
      ],
    });
    const denied = policyFile({
      import: [{ name: 'no-payroll', match: { agentPrefixes: ['payroll*'] }, action: { action: 'reject' } }],
    });
    [finance, core, engineering] = await Promise.all([
      startTestRouter({
        asn: 65101,
        port: ports.finance,
        peers: [at('core', 65102)],
        env: { AGENT_ROUTING_POLICY: denied },
      }),
      startCore(),
      startTestRouter({ asn: 65103, port: ports.engineering, peers: [at('core', 65102)], servers: compilers.url }),
    ]);
    await reaches(finance, 'compiler', 'patient', 'coding/typescript');
    await reaches(core, 'payroll');
  });

  afterAll(async () => {
    await Promise.all([finance.stop(), core.stop(), engineering.stop()]);
    await compilers.stop();
  });

  it('carries a call from one end to the other, with the nearest AS first in the path', async () => {
    expect(await finance.agents()).toMatchObject({ compiler: [65102, 65103] });
    const reply = await finance.call('agent-proxy', { targetAgentId: 'compiler', ...say('hello') });
    expect(reply).toMatchObject({
      success: true,
      responseData: { text: 'echo from compiler: hello' },
      serverUsed: core.url,
      fullyQualifiedId: 'as65103:compiler',
      routeMetrics: { asPath: [65102, 65103] },
    });
  });

  it('relays a stream chunk by chunk', async () => {
    const heard: string[] = [];
    const reply = await finance.call(
      'agent-proxy',
      { targetAgentId: 'as65103:compiler', interactionType: 'stream', ...say('one two three') },
      { onprogress: ({ message }) => heard.push(message ?? '') },
    );
    expect(reply).toMatchObject({
      responseData: { type: 'collected_stream', text: 'echo from compiler: one two three' },
    });
    expect(heard.length).toBeGreaterThan(3);
  });

  it('carries a call of a capability', async () => {
    const reply = await finance.call('agent-proxy', { targetAgentId: 'coding/typescript', ...say('hello') });
    expect(reply).toMatchObject({
      resolutionMethod: 'capability_match',
      responseData: { text: 'echo from compiler: hello' },
    });
  });

  it('has no route to an agent that policy denies', async () => {
    for (const targetAgentId of ['payroll', 'as65103:payroll']) {
      expect(await finance.failure('agent-proxy', { targetAgentId, ...say('hello') })).toMatchObject({
        code: 'DENIED_BY_POLICY',
        place: 'import[0]',
      });
    }
    const direct = { targetAgentId: 'payroll', serverUrl: core.url, ...say('hello') };
    expect(await finance.failure('agent-proxy', direct)).toMatchObject({ code: 'DENIED_BY_POLICY' });
    expect(compilers.counts()['payroll']).toMatchObject({ calls: 0 });
  });

  it('forwards a cancellation to the agent', async () => {
    const cancelled = new AbortController();
    const call = finance.call(
      'agent-proxy',
      { targetAgentId: 'patient', ...say('wait') },
      { signal: cancelled.signal },
    );
    await until(() => compilers.counts()['patient']!.calls === 1);
    cancelled.abort();
    await expect(call).rejects.toThrow();
    await until(() => compilers.counts()['patient']!.aborted === 1);
  });

  it('serves any Mastra client', async () => {
    const client = new MastraClient({ baseUrl: finance.url, retries: 0 });
    expect(Object.keys(await client.listAgents()).sort()).toEqual(['compiler', 'patient']);
    const agent = client.getAgent('compiler');
    expect(await agent.details()).toMatchObject({ name: 'compiler', description: 'Compiles' });
    expect(await agent.generate('hello')).toMatchObject({ text: 'echo from compiler: hello' });
    let heard = '';
    const stream = await agent.stream('hello');
    await stream.processDataStream({
      onChunk: (chunk) => {
        if (chunk.type === 'text-delta') heard += (chunk.payload as { text: string }).text;
        return Promise.resolve();
      },
    });
    expect(heard).toBe('echo from compiler: hello');
  });

  it('shows the path of calls and its reasons on the command line', async () => {
    const ask = async (...args: string[]) => {
      const child = spawnProgram({ BGP_LISTEN: `127.0.0.1:${ports.finance}` }, args);
      const [out] = await Promise.all([text(child.stdout), once(child, 'exit')]);
      return out;
    };
    const [routes, peers, status, explained, traced, json] = await Promise.all([
      ask('routes'),
      ask('peers'),
      ask('status'),
      ask('explain', 'payroll'),
      ask('trace', 'compiler'),
      ask('trace', 'compiler', '--json'),
    ]);
    expect(routes).toMatch(/^compiler +agent +65102 65103 +100 +0 +as65102 +http/m);
    expect(peers).toMatch(/^as65102 +65102 +established/m);
    expect(status).toContain('peers: 1 of 1 established');
    expect(explained).toMatch(/^payroll .* denied\ncalls go to: nowhere$/m);
    expect(traced).toMatch(/^0 +65101 +[\d.]+ +-\n1 +65102 +[\d.]+ +[\d.]+ ms\n2 +65103 +[\d.]+ +[\d.]+ ms$/m);
    expect(JSON.parse(json)).toMatchObject({ hops: [{ asn: 65101 }, { asn: 65102 }, { asn: 65103 }] });
    expect(json).toMatch(/"tookMs": \d+(\.\d{1,2})?$/m);
  });

  it('withdraws an agent that ends at the far end', async () => {
    await compilers.stop();
    await engineering.call('list-agents', { refresh: true });
    await forgets(finance, 'compiler');
    compilers = await startMastra({
      agents: [{ id: 'compiler' }],
      port: Number(new URL(compilers.url).port),
    });
    await engineering.call('list-agents', { refresh: true });
    await knows(finance, 'compiler');
  });

  it('recovers when the middle is killed and restarted', async () => {
    process.kill(core.pid, 'SIGKILL');
    await forgets(finance, 'compiler');
    expect(await finance.failure('agent-proxy', { targetAgentId: 'compiler', ...say('hello') })).toMatchObject({
      code: 'AGENT_NOT_FOUND',
    });
    core = await startCore();
    await knows(finance, 'compiler');
    const reply = await finance.call('agent-proxy', { targetAgentId: 'compiler', ...say('again') });
    expect(reply).toMatchObject({ responseData: { text: 'echo from compiler: again' } });
  });
});
