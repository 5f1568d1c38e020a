import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMastra, type RunningMastra } from '../servers/mastra-server.ts';
import { INITIALIZE, messages, send, spawnProgram, startProgram, until, type Program } from './program.ts';

let first: RunningMastra;
let second: RunningMastra;
let program: Program;

beforeAll(async () => {
  first = await startMastra({
    agents: [
      { id: 'weatherAgent', name: 'Weather', description: 'Knows the weather', capabilities: ['weather/alps'] },
      { id: 'onlyFirst', tool: true, behaviour: 'use-tool', memory: true },
      { id: 'patient', behaviour: 'hang' },
      { id: 'talker', chunkDelayMs: 20 },
    ],
  });
  second = await startMastra({
    agents: [{ id: 'weatherAgent', capabilities: ['weather/sea'] }, { id: 'ünï cödé/100%?#' }],
  });
  program = await startProgram({ MASTRA_SERVERS: `${first.url}, north=${second.url}` });
});

afterAll(async () => {
  await program.stop();
  await Promise.all([first.stop(), second.stop()]);
});

const say = (content: string) => ({ messages: [{ role: 'user', content }] });

describe('list-agents', () => {
  interface Listing {
    readonly serverAgents: readonly {
      readonly serverName: string;
      readonly agents: readonly { readonly id: string }[];
    }[];
    readonly summary: object;
  }

  it('shows every server with its agents, and which copy a plain id reaches', async () => {
    const { serverAgents, summary } = await program.call<Listing>('list-agents', {});
    expect(serverAgents.map(({ serverName, agents }) => [serverName, agents.map(({ id }) => id).sort()])).toEqual([
      ['server0', ['onlyFirst', 'patient', 'talker', 'weatherAgent']],
      ['north', ['weatherAgent', 'ünï cödé/100%?#']],
    ]);
    expect(serverAgents[0]!.agents.find(({ id }) => id === 'weatherAgent')).toEqual({
      id: 'weatherAgent',
      name: 'Weather',
      description: 'Knows the weather',
      capabilities: ['weather/alps'],
      fullyQualifiedId: 'server0:weatherAgent',
      route: {
        asPath: [65001],
        nextHop: first.url,
        localPref: 100,
        med: 0,
        communities: ['as:65001', 'capability:weather/alps', 'server:server0'],
        best: true,
      },
    });
    expect(summary).toEqual({
      totalServers: 2,
      onlineServers: 2,
      totalAgents: 6,
      shown: 6,
      agentConflicts: [{ agentId: 'weatherAgent', servers: ['server0', 'north'] }],
      asNumbers: [65000, 65001, 65002],
      peers: [],
    });
  });

  it.each([
    [{ server: 'north' }, ['north:weatherAgent', 'north:ünï cödé/100%?#']],
    [{ asn: 65002, capability: 'weather' }, ['north:weatherAgent']],
    [{ capability: 'weather/alps' }, ['server0:weatherAgent']],
    [{ capability: 'wea' }, []],
  ])('narrows the list down to %j', async (filter, ids) => {
    const { serverAgents } = await program.call<{
      serverAgents: readonly { agents: readonly { fullyQualifiedId: string }[] }[];
    }>('list-agents', filter);
    expect(serverAgents.flatMap(({ agents }) => agents.map(({ fullyQualifiedId }) => fullyQualifiedId))).toEqual(ids);
  });

  it('never shows the instructions of an agent', async () => {
    expect(JSON.stringify(await program.call('list-agents', {}))).not.toContain('secret instructions');
  });
});

describe('agent-proxy', () => {
  it.each([
    ['weatherAgent', 'bgp_resolution', 65001],
    ['north:weatherAgent', 'explicit_qualification', 65002],
    ['as65002:weatherAgent', 'explicit_qualification', 65002],
    ['weather/sea', 'capability_match', 65002],
    ['north:ünï cödé/100%?#', 'explicit_qualification', 65002],
    ['ünï cödé/100%?#', 'bgp_resolution', 65002],
  ])('%s: %s', async (targetAgentId, resolutionMethod, asn) => {
    const result = await program.call('agent-proxy', { targetAgentId, ...say('good day') });
    const id = targetAgentId.includes('ünï') ? 'ünï cödé/100%?#' : 'weatherAgent';
    expect(result).toMatchObject({
      success: true,
      responseData: { text: `echo from ${id}: good day`, finishReason: 'stop' },
      interactionType: 'generate',
      serverUsed: asn === 65001 ? first.url : second.url,
      agentIdUsed: id,
      fullyQualifiedId: `${asn === 65001 ? 'server0' : 'north'}:${id}`,
      resolutionMethod,
      routeMetrics: { asPath: [asn], localPref: 100, med: 0 },
      attempts: [{ outcome: 'ok' }],
    });
  });

  it('calls the server that serverUrl names', async () => {
    const result = await program.call('agent-proxy', {
      targetAgentId: 'weatherAgent',
      serverUrl: `${second.url}/`,
      ...say('x'),
    });
    expect(result).toMatchObject({ serverUsed: second.url, resolutionMethod: 'explicit_url_override' });
  });

  it('streams with the text of every chunk as progress', async () => {
    const heard: string[] = [];
    const { responseData } = await program.call<{ responseData: object }>(
      'agent-proxy',
      { targetAgentId: 'talker', interactionType: 'stream', ...say('one two three') },
      { onprogress: ({ message }) => heard.push(message ?? '') },
    );
    expect(responseData).toMatchObject({ type: 'collected_stream', text: 'echo from talker: one two three' });
    expect(heard.join('')).toBe('echo from talker: one two three');
    expect(heard.filter((message) => message !== '')).toHaveLength(6);
  });

  it('writes one progress notification per chunk, all of them before the answer', async () => {
    const child = spawnProgram({ MASTRA_SERVERS: first.url });
    const args = { targetAgentId: 'talker', interactionType: 'stream', ...say('one two') };
    const params = { name: 'agent-proxy', arguments: args, _meta: { progressToken: 'p' } };
    send(child, INITIALIZE, { method: 'notifications/initialized' }, { id: 1, method: 'tools/call', params });
    const progress: unknown[] = [];
    for await (const message of messages(child)) {
      if (message['method'] === 'notifications/progress') progress.push(message['params']);
      if (message['id'] !== 1) continue;
      expect(message).toMatchObject({ result: { structuredContent: { responseData: { chunks: progress.length } } } });
      child.stdin.end();
    }
    expect(progress.map((params) => (params as { progress: number }).progress)).toEqual(
      progress.map((_, at) => at + 1),
    );
    expect(progress[0]).toHaveProperty('progressToken', 'p');
  });

  it('names the tools that an agent used, and keeps a conversation by threadId and resourceId', async () => {
    const result = await program.call('agent-proxy', {
      targetAgentId: 'onlyFirst',
      threadId: 'thread',
      resourceId: 'person',
      ...say('the time?'),
    });
    expect(result).toMatchObject({
      responseData: { text: 'echo from onlyFirst: the time?', toolCalls: ['clock'] },
      agentIdUsed: 'onlyFirst',
    });
    const kept = await fetch(`${first.url}/api/memory/threads/thread/messages?agentId=onlyFirst`);
    expect(await kept.text()).toContain('the time?');
    const foreign = { targetAgentId: 'onlyFirst', threadId: 'thread', resourceId: 'stranger', ...say('and mine?') };
    expect((await program.failure('agent-proxy', foreign)).message).toContain('thread belongs to a different resource');
  });

  it('says which option an agent does not accept', async () => {
    const args = { targetAgentId: 'onlyFirst', agentOptions: { maxSteps: 'many' }, ...say('x') };
    const failure = await program.failure('agent-proxy', args);
    expect(failure).toMatchObject({ code: 'INVALID_REQUEST', message: expect.stringContaining('maxSteps') as string });
  });

  it('works under the names of earlier releases', async () => {
    expect(await program.call('listMastraAgents', {})).toHaveProperty('serverAgents');
    expect(await program.call('callMastraAgent', { targetAgentId: 'weatherAgent', ...say('hi') })).toMatchObject({
      success: true,
    });
    const { tools } = await program.client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['list-agents', 'agent-proxy']);
  });

  it('tells the model to stop when the client cancels', async () => {
    const caller = new AbortController();
    const call = program.call('agent-proxy', { targetAgentId: 'patient', ...say('wait') }, { signal: caller.signal });
    const cancelled = expect(call).rejects.toThrow();
    await until(() => first.counts()['patient']!.calls === 1);
    caller.abort();
    await cancelled;
    await until(() => first.counts()['patient']!.aborted === 1);
  });

  it('tells the model to stop when timeoutMs is over', async () => {
    const failure = await program.failure('agent-proxy', {
      targetAgentId: 'patient',
      timeoutMs: 2_000,
      ...say('wait'),
    });
    expect(failure).toMatchObject({ code: 'TIMEOUT', attempts: [{ nextHop: first.url, outcome: 'TIMEOUT' }] });
    await until(() => first.counts()['patient']!.aborted === 2);
  });

  it('says within ten seconds that a silent agent is still at work', async () => {
    const caller = new AbortController();
    const heard: (string | undefined)[] = [];
    const started = performance.now();
    const call = program.call(
      'agent-proxy',
      { targetAgentId: 'patient', ...say('wait') },
      { signal: caller.signal, onprogress: ({ message }) => heard.push(message) },
    );
    const cancelled = expect(call).rejects.toThrow();
    await until(() => heard.length > 0);
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(heard).toEqual(['Waiting for patient: 8 s']);
    caller.abort();
    await cancelled;
  });
});
