import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { MastraAgents } from '../../../../src/servers/api/mastra-agents.ts';
import { Egress } from '../../../../src/base/egress/egress.ts';
import { startMastra, type RunningMastra } from '../../../servers/mastra-server.ts';
import { startRecorded, type RecordedServer } from '../../../servers/recorded-server.ts';
import { callOf } from '../../../unit/servers/api/call-of.ts';

let real: RunningMastra;
let release10: RecordedServer;
let release20: RecordedServer;
let egress: Egress;

beforeAll(async () => {
  [real, release10, release20] = await Promise.all([
    startMastra({
      agents: [
        { id: 'echo', memory: true },
        { id: 'tooled', tool: true, behaviour: 'use-tool' },
        { id: 'failing', behaviour: 'fail' },
        { id: 'midway', behaviour: 'fail-midway' },
        { id: 'hanging', behaviour: 'hang' },
        { id: 'slow', chunkDelayMs: 50 },
        { id: 'old-echo', legacyModel: true },
        { id: 'old-tooled', tool: true, behaviour: 'use-tool', legacyModel: true },
        { id: 'old-failing', behaviour: 'fail', legacyModel: true },
        { id: 'with space/slash?#%:ü', behaviour: 'echo' },
      ],
    }),
    startRecorded('0.10.15'),
    startRecorded('0.20.2'),
  ]);
  egress = new Egress({ targets: [real, release10, release20].map(({ url }) => ({ baseUrl: url })) });
});

afterAll(async () => {
  await egress.close();
  await Promise.all([real.stop(), release10.stop(), release20.stop()]);
});

function agents(): MastraAgents {
  return new MastraAgents(real.url, egress.fetch);
}

describe('a call of a Mastra agent', () => {
  it('reaches an agent whatever characters its id has', async () => {
    const agentId = 'with space/slash?#%:ü';
    const reply = await agents().generate(callOf({ agentId, says: 'hi' }));
    expect(reply.text).toBe(`echo from ${agentId}: hi`);
  });

  it('cannot escape from the path of the agents', async () => {
    const call = callOf({ agentId: '../system/packages?', says: 'hi' });
    await expect(agents().generate(call)).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' });
  });

  it('remembers a thread of its resource, and rejects it for another resource', async () => {
    const thread = { threadId: 'thread-1', resourceId: 'resource-1' };
    await agents().generate({ ...callOf({ agentId: 'echo', says: 'remember this' }), ...thread });
    const messages = await fetch(`${real.url}/api/memory/threads/thread-1/messages?agentId=echo`);
    expect(await messages.text()).toContain('remember this');
    const stranger = { ...callOf({ agentId: 'echo', says: 'hi' }), threadId: 'thread-1', resourceId: 'resource-2' };
    await expect(agents().generate(stranger)).rejects.toMatchObject({ details: { status: 403 } });
  });

  it('sends thread and resource in the fields of every generation', async () => {
    const call = { ...callOf({ agentId: 'legacyAgent', says: 'hi' }), threadId: 't', resourceId: 'r' };
    const memory = { thread: 't', resource: 'r' };
    await new MastraAgents(release10.url, egress.fetch).generate(call);
    expect(release10.calls.at(-1)?.body).toMatchObject({ threadId: 't', resourceId: 'r', memory });
    await new MastraAgents(release20.url, egress.fetch).generate(call);
    expect(release20.calls.at(-1)).toMatchObject({
      path: '/api/agents/legacyAgent/generate-legacy',
      body: { threadId: 't', resourceId: 'r' },
    });
  });

  it('forwards options, but neither messages nor a path among them', async () => {
    const options = { maxSteps: 2, messages: [], memory: { options: { lastMessages: 3 } } };
    const call = { ...callOf({ agentId: 'legacyAgent', says: 'hi' }), threadId: 't', options };
    await new MastraAgents(release10.url, egress.fetch).generate(call);
    expect(release10.calls.at(-1)?.body).toMatchObject({
      maxSteps: 2,
      messages: [{ role: 'user', content: 'hi' }],
      memory: { thread: 't', options: { lastMessages: 3 } },
    });
  });

  it('detects only once that an agent needs legacy calls', async () => {
    const client = new MastraAgents(release20.url, egress.fetch);
    const before = release20.calls.length;
    const call = callOf({ agentId: 'legacyAgent', says: 'hi' });
    await client.generate(call);
    await client.stream(call, () => undefined);
    expect(release20.calls.slice(before).map(({ path }) => path.split('/').at(-1))).toEqual([
      'generate',
      'generate-legacy',
      'stream-legacy',
    ]);
  });

  it('fails with the text so far when the agent fails halfway', async () => {
    const failing = agents().stream(callOf({ agentId: 'midway', says: 'hi' }), () => undefined);
    await expect(failing).rejects.toMatchObject({
      code: 'AGENT_ERROR',
      reached: 'yes',
      details: { responseData: { type: 'partial_stream', text: 'echo from ' } },
    });
    await expect(failing).rejects.toThrow('The scripted model fails halfway');
  });

  it.each(['generate', 'stream'] as const)('stops the model when it is aborted (%s)', async (kind) => {
    const abort = new AbortController();
    const before = { ...real.counts()['hanging']! };
    const onHeaders = vi.fn();
    const call = { ...callOf({ agentId: 'hanging', says: 'hi' }, abort.signal), onHeaders };
    const asked = kind === 'generate' ? agents().generate(call) : agents().stream(call, () => undefined);
    const failure = asked.catch((error: unknown) => error);
    // A stream has its headers before the agent answers; a generated reply has none yet.
    if (kind === 'stream') await expect.poll(() => onHeaders.mock.calls.length).toBe(1);
    await expect.poll(() => real.counts()['hanging']!.calls).toBe(before.calls + 1);
    abort.abort();
    expect(await failure).toMatchObject({ reached: kind === 'generate' ? 'maybe' : 'yes' });
    await expect.poll(() => real.counts()['hanging']!.aborted).toBe(before.aborted + 1);
  });

  it('delivers chunks while the agent still answers', async () => {
    const arrived: number[] = [];
    await agents().stream(callOf({ agentId: 'slow', says: 'a b c d' }), ({ type }) => {
      if (type === 'text') arrived.push(performance.now());
    });
    expect(arrived.length).toBeGreaterThan(4);
    expect(arrived.at(-1)! - arrived[0]!).toBeGreaterThan(100);
  });
});
