import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  FAULTS,
  LEAKED_SECRET,
  refusedUrl,
  startFaulty,
  type Fault,
  type FaultyServer,
} from '../servers/faulty-server.ts';
import { freePort } from '../servers/free-port.ts';
import {
  INITIALIZE,
  messages,
  msUntilExit,
  send,
  spawnProgram,
  startProgram,
  toolCall,
  type Env,
  type Program,
} from './program.ts';

const call = (targetAgentId: string) => ({ targetAgentId, messages: [{ role: 'user', content: 'hello' }] });

let folder: string;
let server: FaultyServer;
let program: Program;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bad-input-'));
  server = await startFaulty();
  program = await startProgram({ MASTRA_SERVERS: server.url });
});

afterAll(async () => {
  await program.stop();
  await server.stop();
  rmSync(folder, { recursive: true });
});

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('a bad configuration answers every call and names all that is wrong', () => {
  it.each<[string, () => Env, string[]]>([
    ['servers', () => ({ MASTRA_SERVERS: 'http://a http//b ftp://c' }), ['MASTRA_SERVERS', 'http//b', 'ftp://c']],
    ['duplicate names', () => ({ MASTRA_SERVERS: 'x=http://a x=http://b' }), ['MASTRA_SERVERS', 'x']],
    ['several variables', () => ({ BGP_ASN: '0', LOG_LEVEL: 'loud' }), ['BGP_ASN', 'LOG_LEVEL', 'loud']],
    ['what is not there yet', () => ({ MCP_TRANSPORT: 'http' }), ['MCP_TRANSPORT']],
    ['a missing file', () => ({ AGENT_PROXY_CONFIG: join(folder, 'none.yaml') }), ['AGENT_PROXY_CONFIG', 'none.yaml']],
    ['a file that is no YAML', () => ({ AGENT_PROXY_CONFIG: file('broken.yaml', 'servers: [') }), ['broken.yaml:1:']],
    [
      'unknown keys and duplicate ASNs, with their places',
      () => ({
        AGENT_PROXY_CONFIG: file(
          'keys.yaml',
          'servers:\n  - url: http://a\n    asn: 7\n  - url: http://b\n    asn: 7\n    colour: red\n',
        ),
      }),
      ['keys.yaml:6:', 'colour', 'asn'],
    ],
    ['a missing policy', () => ({ AGENT_ROUTING_POLICY: join(folder, 'none.json') }), ['AGENT_ROUTING_POLICY']],
    [
      'a wrong policy',
      () => ({ AGENT_ROUTING_POLICY: file('policy.json', '{"import": [{"action": "maybe"}]}') }),
      ['policy.json', 'maybe'],
    ],
  ])('%s', async (_what, env, named) => {
    const misled = await startProgram({ ...env() });
    for (const tool of ['list-agents', 'agent-proxy', 'callMastraAgent']) {
      const failure = await misled.failure(tool, tool === 'list-agents' ? {} : call('weatherAgent'));
      expect(failure.code).toBe('INVALID_CONFIG');
      for (const text of named) expect(failure.message).toContain(text);
    }
    expect((await misled.client.listTools()).tools).toHaveLength(2);
    await misled.stop();
  });
});

describe('arguments', () => {
  it.each<[string, object, string, string]>([
    ['an unknown argument', { ...call('ok'), targetAgent: 'x' }, 'INVALID_REQUEST', 'targetAgent'],
    ['no messages', { ...call('ok'), messages: [] }, 'INVALID_REQUEST', 'messages'],
    ['an unknown role', { ...call('ok'), messages: [{ role: 'tool', content: 'x' }] }, 'INVALID_REQUEST', 'role'],
    ['an unknown agent', call('hnag'), 'AGENT_NOT_FOUND', 'hang'],
    ['an empty id', call(''), 'INVALID_AGENT_ID', 'empty'],
    ['an id that climbs', call('../../admin'), 'INVALID_AGENT_ID', '..'],
    ['an id with a control character', call('o\u0007k'), 'INVALID_AGENT_ID', 'control'],
    ['an id with a query', call('ok/generate?x=1#y'), 'AGENT_NOT_FOUND', 'ok/generate?x=1#y'],
    ['an id with an encoded slash', call('ok%2Fgenerate'), 'AGENT_NOT_FOUND', 'ok%2Fgenerate'],
    ['an id with an unknown qualifier', call('server7:ok'), 'AGENT_NOT_FOUND', 'server7:ok'],
  ])('%s', async (_what, args, code, named) => {
    const failure = await program.failure('agent-proxy', args);
    expect(failure).toMatchObject({ code, message: expect.stringContaining(named) as string });
  });

  it.each([
    'http://169.254.169.254/latest/meta-data',
    'http://[fe80::1]/',
    'http://10.0.0.1:4111',
    'http://192.168.1.1',
    'http://[::ffff:127.0.0.1]:4111',
    'http://localhost:1',
  ])('serverUrl %s is refused', async (serverUrl) => {
    const failure = await program.failure('agent-proxy', { ...call('ok'), serverUrl });
    expect(failure).toMatchObject({ code: 'DENIED_BY_POLICY', place: 'allowServerUrls' });
  });

  it('messages of 10 MB are refused with the limit, and the next call works', async () => {
    const large = { ...call('ok'), messages: [{ role: 'user', content: 'x'.repeat(10 * 1024 * 1024) }] };
    expect(await program.failure('agent-proxy', large)).toMatchObject({
      code: 'INVALID_REQUEST',
      message: expect.stringContaining('4 MB') as string,
    });
    expect(await program.call('agent-proxy', call('ok'))).toMatchObject({ responseData: { text: 'fine' } });
  });

  it('a line without end ends the program instead of filling its memory', async () => {
    const child = spawnProgram();
    send(child, INITIALIZE);
    child.stdin.on('error', () => undefined);
    const piece = 'x'.repeat(1024 * 1024);
    const feed = (): void => {
      while (child.exitCode === null && child.stdin.write(piece));
      child.stdin.once('drain', feed);
    };
    feed();
    for await (const message of messages(child)) expect(message).toHaveProperty('result');
    await msUntilExit(child);
    expect(child.exitCode).toBe(0);
  });

  it('unknown tools and lines that are no JSON leave the program at work', async () => {
    expect(await program.failure('weather', {})).toMatchObject({ code: 'TOOL_NOT_FOUND' });
    const child = spawnProgram({ MASTRA_SERVERS: 'none' });
    child.stdin.write('this is not JSON\n{"neither":"is this"}\n');
    send(child, INITIALIZE, { method: 'notifications/initialized' }, toolCall(1, 'list-agents', {}));
    const ids: unknown[] = [];
    for await (const { id } of messages(child)) {
      ids.push(id);
      if (id === 1) child.stdin.end();
    }
    expect(ids).toEqual([0, 1]);
  });
});

describe('a server that misbehaves', () => {
  const OUTCOMES = {
    hang: ['TIMEOUT', /in time/],
    reset: ['SERVER_UNAVAILABLE', /broke the connection/],
    html: ['SERVER_UNAVAILABLE', /does not answer like a Mastra server/],
    'bad-json': ['SERVER_UNAVAILABLE', /not JSON/],
    'wrong-shape': ['SERVER_UNAVAILABLE', /does not answer like a Mastra server/],
    redirect: ['SERVER_UNAVAILABLE', /redirect/],
    'see-other': ['SERVER_UNAVAILABLE', /redirect/],
    '400': ['INVALID_REQUEST', /maxSteps: expected number/],
    '401': ['SERVER_UNAVAILABLE', /401/],
    '403': ['SERVER_UNAVAILABLE', /403/],
    '404-page': ['SERVER_UNAVAILABLE', /HTTP 404/],
    '429': ['SERVER_UNAVAILABLE', /429/],
    '500': ['AGENT_ERROR', /database is away/],
    '503': ['SERVER_UNAVAILABLE', /503/],
    huge: ['AGENT_ERROR', /larger than/],
    endless: ['AGENT_ERROR', /larger than/],
    slow: ['TIMEOUT', /in time/],
    cut: ['SERVER_UNAVAILABLE', /broke the connection/],
    unfinished: ['AGENT_ERROR', /./],
    'error-chunk': ['AGENT_ERROR', /overloaded/],
    'garbled-chunk': ['AGENT_ERROR', /./],
  } as const satisfies Record<Fault, readonly [string, RegExp]>;

  const NOT_REACHED: readonly Fault[] = ['redirect', '404-page'];

  it.each(Object.keys(FAULTS) as Fault[])('%s: one clear outcome, sent once, without secrets', async (fault) => {
    const [code, message] = OUTCOMES[fault];
    const streams = ['slow', 'endless', 'unfinished', 'error-chunk', 'garbled-chunk'].includes(fault);
    const before = server.seen.length;
    const failure = await program.failure('agent-proxy', {
      ...call(fault),
      interactionType: streams ? 'stream' : 'generate',
      ...(['hang', 'slow'].includes(fault) && { timeoutMs: 2_000 }),
    });
    expect(failure).toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
      reached: NOT_REACHED.includes(fault) ? 'no' : (expect.stringMatching(/maybe|yes/) as string),
      attempts: [{ outcome: code }],
    });
    expect(JSON.stringify(failure)).not.toContain(LEAKED_SECRET);
    expect(JSON.stringify(failure)).not.toMatch(/\.js:\d+/);
    expect(server.seen.slice(before).filter(({ path }) => path.includes(fault))).toHaveLength(1);
  });

  it('that repeats our credentials shows them neither to the model nor to another router', async () => {
    // Longer than what is shown of an error.
    const servers = [{ url: server.url, headers: { 'x-pass': `Pass nobody.knows$this${'0'.repeat(600)}` } }];
    const port = await freePort();
    const guest = await startProgram({
      AGENT_PROXY_CONFIG: file('guest.json', JSON.stringify({ servers })),
      BGP_LISTEN: `127.0.0.1:${port}`,
    });
    const failure = await guest.failure('agent-proxy', call('401'));
    expect(failure.message).toContain('Invalid or expired token ***');
    expect(JSON.stringify(failure)).not.toContain('nobody.knows');
    const relayed = await fetch(`http://127.0.0.1:${port}/api/agents/401/generate`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ messages: [{ role: 'user', content: 'hello' }] }),
    });
    expect(await relayed.json()).toMatchObject({
      error: expect.stringContaining('(HTTP 401: Invalid or expired token ***)') as string,
    });
    await guest.stop();
  });

  it('keeps what a stream said before it was cut', async () => {
    const failure = await program.failure('agent-proxy', { ...call('cut'), interactionType: 'stream' });
    expect(failure).toMatchObject({
      code: 'AGENT_ERROR',
      responseData: { type: 'partial_stream', text: 'half an answer' },
    });
  });

  it('that refuses connections is SERVER_UNAVAILABLE, and nothing was sent', async () => {
    const lonely = await startProgram({ MASTRA_SERVERS: await refusedUrl() });
    expect(await lonely.failure('agent-proxy', call('ok'))).toMatchObject({
      code: 'SERVER_UNAVAILABLE',
      message: expect.stringContaining('ECONNREFUSED') as string,
    });
    expect(await lonely.call('list-agents', {})).toMatchObject({
      serverAgents: [{ status: 'error', error: expect.stringContaining('ECONNREFUSED') as string }],
      summary: { onlineServers: 0 },
    });
    await lonely.stop();
  });
});
