import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startMastra, type RunningMastra } from '../../servers/mastra-server.ts';
import { startProgram, type Program } from '../program.ts';

const messages = [{ role: 'user', content: 'hello' }];
const reject = (match: object) => ({ match, action: { action: 'reject' } });

let folder: string;
let direct: RunningMastra;
let program: Program;
let chooser: Program;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'server-url-'));
  direct = await startMastra({
    agents: [
      { id: 'payroll', key: 'hr', description: 'Pays' },
      { id: 'cashier', key: 'cashKey', capabilities: ['finance/cash'] },
      { id: 'spy', key: 'spyKey', communities: ['secret'], capabilities: ['spying'] },
      { id: 'open/agent', key: 'openKey', capabilities: ['chat'], description: 'Chats' },
      {
        id: 'boss',
        capabilities: ['chat'],
        subAgents: [
          { id: 'payroll', key: 'assistant', description: 'Pays' },
          { id: 'clerk', key: 'clerkKey', capabilities: ['finance/clerk'] },
          { id: 'innocent', capabilities: ['chat'] },
        ],
      },
    ],
  });
  const start = (name: string, policy: object): Promise<Program> => {
    const file = path.join(folder, `${name}.json`);
    writeFileSync(file, JSON.stringify({ servers: [], allowServerUrls: [direct.url], policy }));
    return startProgram({ AGENT_PROXY_CONFIG: file, MASTRA_SERVERS: '' });
  };
  const denials = [
    reject({ agentPrefixes: ['payroll'] }),
    reject({ capabilities: ['finance'] }),
    reject({ communities: ['secret'] }),
  ];
  [program, chooser] = await Promise.all([
    start('program', { import: denials }),
    start('chooser', {
      import: [{ match: { capabilities: ['chat'] }, action: { action: 'accept' } }],
      default: 'reject',
    }),
  ]);
});

let before: string;
const counts = () => JSON.stringify(direct.counts());

beforeEach(() => {
  before = counts();
});

afterAll(async () => {
  await Promise.all([program.stop(), chooser.stop(), direct.stop()]);
  rmSync(folder, { recursive: true });
});

const call = (targetAgentId: string, interactionType: string) => ({
  targetAgentId,
  messages,
  interactionType,
  serverUrl: direct.url,
});

describe.each(['generate', 'stream'])('a direct call of a server that is not configured (%s)', (how) => {
  it('finds a server that answers to more names than it lists', async () => {
    const listing = (await (await fetch(`${direct.url}/api/agents`)).json()) as object;
    expect(Object.keys(listing).sort()).toEqual(['boss', 'cashier', 'open/agent', 'payroll', 'spy']);
    for (const name of ['hr', 'assistant', 'clerkKey']) {
      expect((await fetch(`${direct.url}/api/agents/${name}`)).status).toBe(200);
    }
  });

  it.each([
    ['payroll', 'import[0]'],
    ['hr', 'import[0]'],
    ['cashier', 'import[1]'],
    ['cashKey', 'import[1]'],
    ['spy', 'import[2]'],
    ['spyKey', 'import[2]'],
    ['server0:payroll', 'import[0]'],
    ['as65001:hr', 'import[0]'],
  ])('%s is no way to an agent that policy denies', async (name, place) => {
    expect(await program.failure('agent-proxy', call(name, how))).toMatchObject({ code: 'DENIED_BY_POLICY', place });
    expect(counts()).toBe(before);
  });

  it.each([
    'clerkKey',
    'clerk',
    'innocent',
    'assistant',
    'nobody',
    'finance/cash',
    'chat',
    '%68r',
    'hr/generate',
    'hr?x=',
  ])('%s runs nothing that the server does not list', async (name) => {
    const { code } = await program.failure('agent-proxy', call(name, how));
    expect(['AGENT_NOT_FOUND', 'DENIED_BY_POLICY']).toContain(code);
    expect(counts()).toBe(before);
  });

  it.each(['open/agent', 'openKey'])('%s goes to the id of an agent that policy accepts', async (name) => {
    for (const caller of [program, chooser]) {
      const answer = await caller.call('agent-proxy', call(name, how));
      expect(answer).toMatchObject({
        agentIdUsed: 'open/agent',
        resolutionMethod: 'explicit_url_override',
        responseData: { text: 'echo from open/agent: hello' },
      });
    }
  });

  it('is denied what no statement accepts, where that is the default', async () => {
    for (const name of ['payroll', 'hr', 'spyKey', 'cashier']) {
      const failure = await chooser.failure('agent-proxy', call(name, how));
      expect(failure).toMatchObject({ code: 'DENIED_BY_POLICY', place: 'import.default' });
    }
    expect(counts()).toBe(before);
  });

  it('has the capabilities that its server gives it', async () => {
    const requiring = (path: string) => ({ ...call('openKey', how), requiredCapabilities: [path] });
    expect(await program.call('agent-proxy', requiring('chat'))).toMatchObject({ agentIdUsed: 'open/agent' });
    expect(await program.failure('agent-proxy', requiring('chess'))).toMatchObject({ code: 'AGENT_NOT_FOUND' });
  });

  it.each([
    [{ hangs: true }, 'TIMEOUT'],
    [{ status: 500 }, 'SERVER_UNAVAILABLE'],
    [{ status: 404 }, 'SERVER_UNAVAILABLE'],
  ])('of a server that does not list its agents runs nothing (%j)', async (mood, code) => {
    const setMood = (set: object) => fetch(`${direct.url}/mood`, { method: 'POST', body: JSON.stringify(set) });
    await setMood(mood);
    const failure = await program.failure('agent-proxy', { ...call('open/agent', how), timeoutMs: 500 });
    await setMood({});
    expect(failure).toMatchObject({ code });
    expect(counts()).toBe(before);
  });
});
