import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Cursors } from '../../../../src/base/lists/cursors.ts';
import { Failure } from '../../../../src/base/failure/failure.ts';
import type { Backend, CallControl, CallOutcome, CallRequest, Reply } from '../../../../src/interfaces/mcp/backend.ts';
import { ProxyServer } from '../../../../src/interfaces/mcp/server.ts';
import { SecretMask } from '../../../../src/base/telemetry/secret-mask.ts';

const WAY: Omit<CallOutcome, 'reply'> = {
  serverUsed: 'http://server0:4111',
  agentIdUsed: 'weatherAgent',
  fullyQualifiedId: 'server0:weatherAgent',
  resolutionMethod: 'bgp_resolution',
  routeMetrics: { asPath: [65001], localPref: 100, med: 0, communities: [] },
  attempts: [{ nextHop: 'http://server0:4111', outcome: 'ok', ms: 3 }],
};
const REPLY: Reply = {
  text: 'sunny',
  finishReason: 'stop',
  usage: { totalTokens: 8 },
  toolCalls: [{ name: 'clock' }],
  raw: { long: true },
};

type Call = (request: CallRequest, control: CallControl) => Promise<Reply>;

async function connected(call: Call = () => Promise.resolve(REPLY), failure?: Failure) {
  const requests: CallRequest[] = [];
  const reported: unknown[] = [];
  const backend: Backend = {
    maxResultLength: 1_000,
    lists: { maxTokens: 4_000, cursors: new Cursors() },
    mask: new SecretMask(['opensesame']),
    call: async (request, control) => {
      requests.push(request);
      return { reply: await call(request, control), ...WAY };
    },
    directory: {
      asn: 65000,
      servers: () => [],
      peers: () => [],
      notice: () => undefined,
      entriesAfter: () => [],
      firstRound: () => Promise.resolve(),
      refresh: () => Promise.resolve(),
    },
  };
  const [clientSide, serverSide] = InMemoryTransport.createLinkedPair();
  const server = new ProxyServer({
    version: '1.2.3',
    backend: () => (failure === undefined ? Promise.resolve(backend) : Promise.reject(failure)),
    onReady: () => undefined,
    onError: (error) => reported.push(error),
  });
  void server.serve(serverSide);
  const client = new Client({ name: 'tests', version: '1.0.0' });
  await client.connect(clientSide);
  await client.listTools();
  return { client, requests, reported };
}

const HELLO = { targetAgentId: 'weatherAgent', messages: [{ role: 'user', content: 'hello' }] };

async function failureOf(client: Client, name: string, args: Record<string, unknown>) {
  const { isError, content, structuredContent } = await client.callTool({ name, arguments: args });
  expect(isError).toBe(true);
  expect(structuredContent).toBeUndefined();
  return JSON.parse((content as { text: string }[])[0]!.text) as { code: string; message: string };
}

afterEach(() => vi.useRealTimers());

describe('the tools', () => {
  it('are two, with descriptions and annotations', async () => {
    const { client } = await connected();
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['list-agents', 'agent-proxy']);
    for (const { description = '', inputSchema, outputSchema, title } of tools) {
      expect(Buffer.byteLength(description)).toBeLessThan(2_048);
      expect(inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
      expect(outputSchema).toMatchObject({ type: 'object' });
      expect(title).toBeDefined();
    }
    const [list, call] = tools.map(({ annotations }) => annotations);
    expect(list).toMatchObject({ readOnlyHint: true });
    expect(call).toMatchObject({ readOnlyHint: false, openWorldHint: true, idempotentHint: false });
  });

  it.each(['agent-proxy', 'callMastraAgent'])(
    '%s answers with the same facts as structure and as text',
    async (name) => {
      const { client } = await connected();
      const { structuredContent, content } = await client.callTool({ name, arguments: HELLO });
      expect(JSON.parse((content as { text: string }[])[0]!.text)).toEqual(structuredContent);
      expect(structuredContent).toEqual({
        success: true,
        responseData: { text: 'sunny', finishReason: 'stop', usage: { totalTokens: 8 }, toolCalls: ['clock'] },
        interactionType: 'generate',
        ...WAY,
      });
    },
  );

  it.each(['list-agents', 'listMastraAgents'])('%s lists', async (name) => {
    const { client } = await connected();
    const { structuredContent } = await client.callTool({ name, arguments: {} });
    expect(structuredContent).toMatchObject({ serverAgents: [], summary: { asNumbers: [65000] } });
  });

  it('adds the whole reply only on request', async () => {
    const { client } = await connected();
    const { structuredContent } = await client.callTool({
      name: 'agent-proxy',
      arguments: { ...HELLO, includeRaw: true },
    });
    expect(structuredContent).toMatchObject({ responseData: { raw: { long: true } } });
  });

  it('reports chunks and timings of a stream', async () => {
    const { client } = await connected(() =>
      Promise.resolve({ ...REPLY, toolCalls: [], chunks: 4, timings: { firstTextMs: 1, totalMs: 2 } }),
    );
    const { structuredContent } = await client.callTool({
      name: 'agent-proxy',
      arguments: { ...HELLO, interactionType: 'stream' },
    });
    expect(structuredContent).toMatchObject({
      interactionType: 'stream',
      responseData: { type: 'collected_stream', text: 'sunny', chunks: 4, firstTextMs: 1, totalMs: 2 },
    });
  });

  it('forwards old and new arguments unchanged', async () => {
    const { client, requests } = await connected();
    const args = {
      ...HELLO,
      serverUrl: 'http://server0:4111',
      threadId: 't',
      resourceId: 'r',
      agentOptions: { temperature: 0 },
      requiredCapabilities: ['coding/*'],
      timeoutMs: 5,
    };
    await client.callTool({ name: 'agent-proxy', arguments: args });
    expect(requests).toEqual([{ ...args, interactionType: 'generate', requiredCapabilities: ['coding'] }]);
  });
});

describe('an answer', () => {
  const nested = (depth: number): unknown => JSON.parse(`${'['.repeat(depth)}1${']'.repeat(depth)}`);

  it('contains no configured secret, in whatever part the agent repeats it', async () => {
    const secret = 'opensesame';
    const reply = {
      text: `say ${secret}`,
      finishReason: secret,
      toolCalls: [{ name: secret }],
      raw: { text: secret, [secret]: [{ deep: `${secret}!` }] },
    };
    const { client } = await connected(() => Promise.resolve(reply));
    const { structuredContent } = await client.callTool({
      name: 'agent-proxy',
      arguments: { ...HELLO, includeRaw: true },
    });
    expect(structuredContent).toMatchObject({
      responseData: {
        text: 'say ***',
        finishReason: '***',
        toolCalls: ['***'],
        raw: { text: '***', '***': [{ deep: '***!' }] },
      },
    });
  });

  it('of a stream contains no secret that spans several chunks', async () => {
    const { client } = await connected((_request, { onChunk }) => {
      for (const text of ['say open', 'sesa', 'me', ' and go', ' in']) onChunk({ type: 'text', text });
      onChunk({ type: 'finish' });
      return Promise.resolve({ ...REPLY, text: 'say opensesame and go in', chunks: 6, raw: ['open', 'sesa', 'me'] });
    });
    const heard: (string | undefined)[] = [];
    const { structuredContent } = await client.callTool(
      { name: 'agent-proxy', arguments: { ...HELLO, interactionType: 'stream', includeRaw: true } },
      undefined,
      { onprogress: ({ message }) => heard.push(message) },
    );
    expect(heard.join('')).toBe('say *** and go in');
    expect(JSON.stringify(structuredContent)).not.toContain('sesa');
    expect(structuredContent).toMatchObject({ responseData: { text: 'say *** and go in' } });
  });

  it.each([100, 10_000, 1_000_000])('is returned however deep its raw reply is nested: %i', async (depth) => {
    const { client, reported } = await connected(() => Promise.resolve({ ...REPLY, raw: { a: nested(depth) } }));
    const { structuredContent } = await client.callTool({
      name: 'agent-proxy',
      arguments: { ...HELLO, includeRaw: true },
    });
    expect(JSON.stringify(structuredContent)).toContain('nested too deep');
    expect(structuredContent).toMatchObject({ success: true, responseData: { text: 'sunny' } });
    expect(reported).toEqual([]);
  });

  it('contains no lone surrogate', async () => {
    const { client } = await connected(() => Promise.resolve({ ...REPLY, text: 'a\ud83d', raw: ['\udc69'] }));
    const { structuredContent } = await client.callTool({
      name: 'agent-proxy',
      arguments: { ...HELLO, includeRaw: true },
    });
    expect(structuredContent).toMatchObject({ responseData: { text: 'a\ufffd', raw: ['\ufffd'] } });
  });
});

describe('failures', () => {
  it('are cleaned of hidden characters, except in the answer of an agent', async () => {
    const details = { nearest: ['a\u202eb'], responseData: { text: 'it\u001b said' } };
    const { client } = await connected(() =>
      Promise.reject(
        new Failure('AGENT_ERROR', `No\u001b[31m\u{e0041}\u200b ${'x'.repeat(100_000)}`, { blames: 'server', details }),
      ),
    );
    const failure = await failureOf(client, 'agent-proxy', HELLO);
    expect(failure).toMatchObject({ nearest: ['ab'], responseData: { text: 'it\u001b said' } });
    expect(failure.message).toMatch(/^No \[31m x{9999}/);
    expect(failure.message.length).toBeLessThanOrEqual(16_384);
  });

  it('of the backend are returned as JSON with their details', async () => {
    const { client } = await connected(() =>
      Promise.reject(
        new Failure('AGENT_ERROR', 'It broke.', {
          blames: 'server',
          details: { responseData: { type: 'partial_stream' } },
        }),
      ),
    );
    expect(await failureOf(client, 'agent-proxy', HELLO)).toEqual({
      code: 'AGENT_ERROR',
      message: 'It broke.',
      responseData: { type: 'partial_stream' },
      attempts: [],
    });
  });

  it('contain no configured secret that a server repeats, at any depth', async () => {
    const details = { responseData: { text: 'sent opensesame' }, attempts: [{ outcome: 'opensesame' }] };
    const { client } = await connected(() =>
      Promise.reject(new Failure('AGENT_ERROR', 'Not opensesame.', { blames: 'server', details })),
    );
    expect(await failureOf(client, 'agent-proxy', HELLO)).toEqual({
      code: 'AGENT_ERROR',
      message: 'Not ***.',
      responseData: { text: 'sent ***' },
      attempts: [{ outcome: '***' }],
    });
  });

  it('truncate long earlier text, and keep all of it without secrets', async () => {
    const text = `${'word '.repeat(500)}opensesame`;
    const details = { responseData: { type: 'partial_stream', text, chunks: 9 } };
    const { client } = await connected(() =>
      Promise.reject(new Failure('AGENT_ERROR', 'It broke.', { blames: 'server', details })),
    );
    const { responseData } = (await failureOf(client, 'agent-proxy', HELLO)) as unknown as {
      responseData: { text: string; chunks: number; cut: { text: { uri: string } } };
    };
    expect(responseData).toMatchObject({ type: 'partial_stream', chunks: 9, cut: { text: { length: 2_503 } } });
    expect(responseData.text).toContain('[Cut after 1000 of 2503 characters.');
    const { contents } = await client.readResource({ uri: responseData.cut.text.uri });
    expect(contents).toMatchObject([{ text: `${'word '.repeat(500)}***` }]);
  });

  it('that are unexpected are logged and show the client no internals', async () => {
    const { client, reported } = await connected(() => Promise.reject(new TypeError('secret path /srv/app')));
    const outcome = client.callTool({ name: 'agent-proxy', arguments: HELLO });
    await expect(outcome).rejects.toThrow("agent-proxy failed unexpectedly; see the server's log.");
    expect(reported).toEqual([new TypeError('secret path /srv/app')]);
  });

  it('name the unknown tool', async () => {
    const { client } = await connected();
    expect(await failureOf(client, 'no-such-tool', {})).toMatchObject({
      code: 'TOOL_NOT_FOUND',
      message: expect.stringContaining('no-such-tool') as string,
    });
  });

  it('of the configuration answer every call, even one with invalid arguments', async () => {
    const { client } = await connected(
      undefined,
      new Failure('INVALID_CONFIG', 'BGP_ASN is wrong.', { blames: 'nobody' }),
    );
    for (const name of ['list-agents', 'agent-proxy', 'callMastraAgent', 'listMastraAgents']) {
      expect(await failureOf(client, name, { nonsense: 1 })).toMatchObject({ code: 'INVALID_CONFIG' });
    }
  });

  it('of a call before any request have empty attempts, and those of a listing have none', async () => {
    const { client } = await connected();
    for (const name of ['agent-proxy', 'callMastraAgent']) {
      expect(await failureOf(client, name, {})).toMatchObject({ code: 'INVALID_REQUEST', attempts: [] });
    }
    expect(await failureOf(client, 'list-agents', { filter: 'x' })).not.toHaveProperty('attempts');
  });

  it.each([
    [{ ...HELLO, targetAgent: 'x' }, 'targetAgent'],
    [{ messages: HELLO.messages }, 'targetAgentId'],
    [{ ...HELLO, messages: [] }, 'messages'],
    [{ ...HELLO, messages: [{ role: 'user', content: '' }] }, 'messages.0.content'],
    [{ ...HELLO, messages: [{ role: 'tool', content: 'x' }] }, 'messages.0.role'],
    [{ ...HELLO, messages: [{ role: 'user', content: 'x', name: 'y' }] }, 'name'],
    [{ ...HELLO, messages: 'hello' }, 'messages'],
    [{ ...HELLO, interactionType: 'chat' }, 'interactionType'],
    [{ ...HELLO, timeoutMs: 0 }, 'timeoutMs'],
    [{ ...HELLO, timeoutMs: 1e12 }, 'timeoutMs'],
    [{ ...HELLO, requiredCapabilities: ['a b'] }, 'requiredCapabilities.0'],
    [{ ...HELLO, messages: [{ role: 'user', content: 'x'.repeat(4 * 1024 * 1024 + 1) }] }, '4 MB'],
    [{ ...HELLO, agentOptions: { long: 'x'.repeat(4 * 1024 * 1024) } }, '4 MB'],
    [
      { ...HELLO, agentOptions: { deep: JSON.parse(`${'['.repeat(65)}${']'.repeat(65)}`) as unknown } },
      'nesting depth',
    ],
  ])('of arguments name the problem (%#)', async (args, named) => {
    const { client, requests } = await connected();
    const failure = await failureOf(client, 'agent-proxy', args);
    expect(failure.code).toBe('INVALID_REQUEST');
    expect(failure.message).toContain(named);
    expect(requests).toEqual([]);
  });

  it('of list-agents include AS numbers above the maximum (RFC 7300 §2)', async () => {
    const asn = { minimum: 1, maximum: 4_294_967_294 };
    const { client } = await connected();
    expect((await client.listTools()).tools[0]?.inputSchema).toMatchObject({ properties: { asn } });
  });

  it('of list-agents name the problem', async () => {
    const { client } = await connected();
    expect((await failureOf(client, 'list-agents', { filter: 'x' })).message).toContain('filter');
    expect((await failureOf(client, 'list-agents', { server: 'server9' })).message).toContain("no server 'server9'");
  });
});

describe('progress', () => {
  it('sends the text of every chunk to a client that asked for it', async () => {
    const { client } = await connected((_request, { onChunk }) => {
      onChunk({ type: 'text', text: 'sun' });
      onChunk({ type: 'tool-call', name: 'clock' });
      onChunk({ type: 'text', text: 'ny' });
      onChunk({ type: 'finish' });
      return Promise.resolve(REPLY);
    });
    const heard: (string | undefined)[] = [];
    await client.callTool({ name: 'agent-proxy', arguments: HELLO }, undefined, {
      onprogress: ({ message }) => heard.push(message),
    });
    expect(heard).toEqual(['sun', 'Calling the tool clock', 'ny', undefined]);
  });

  it('is sent at least every ten seconds while an agent is silent', async () => {
    vi.useFakeTimers();
    let answer: (reply: Reply) => void = () => undefined;
    const { client } = await connected(() => new Promise((resolve) => (answer = resolve)));
    const heard: (string | undefined)[] = [];
    const outcome = client.callTool({ name: 'agent-proxy', arguments: HELLO }, undefined, {
      onprogress: ({ message }) => heard.push(message),
    });
    for (let waited = 1; waited <= 3; waited += 1) {
      await vi.advanceTimersByTimeAsync(10_000);
      expect(heard.length).toBeGreaterThanOrEqual(waited);
    }
    expect(heard[0]).toBe('Waiting for weatherAgent: 8 s');
    answer(REPLY);
    await outcome;
  });

  it('stops when the client cancels the call', async () => {
    let signal: AbortSignal | undefined;
    const { client } = await connected((_request, control) => {
      signal = control.signal;
      return new Promise(() => undefined);
    });
    const caller = new AbortController();
    const outcome = client.callTool({ name: 'agent-proxy', arguments: HELLO }, undefined, { signal: caller.signal });
    await vi.waitUntil(() => signal !== undefined);
    caller.abort();
    await expect(outcome).rejects.toThrow();
    await vi.waitUntil(() => signal?.aborted === true);
  });
});
