import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { LoadResult } from '../../../src/base/config/config.ts';
import { loadConfig } from '../../../src/base/config/load-config.ts';

const folder = fileURLToPath(new URL('../../../examples/', import.meta.url));
const read = (file: string): string => readFileSync(file, 'utf8');

const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  'claude-code.json': ['server0 http://localhost:4111 65001'],
  'cursor.json': ['server0 http://localhost:4111 65001'],
  'several-servers.json': [
    'local http://localhost:4111 65001',
    'staging http://localhost:4222 65002',
    'server2 https://agents.example.com/mastra 65003',
  ],
  'cloud-and-local.yaml': ['local http://localhost:4111 65001', 'cloud https://agents.example.com 65002'],
};

interface McpServers {
  readonly mcpServers: Readonly<Record<string, { command: string; args: string[]; env: Record<string, string> }>>;
}

async function load(name: string): Promise<LoadResult> {
  const file = path.join(folder, name);
  if (name.endsWith('.yaml')) return loadConfig({ AGENT_PROXY_CONFIG: file, AGENTS_TOKEN: 'token' }, read);
  const { mcpServers } = JSON.parse(read(file)) as McpServers;
  const [server] = Object.values(mcpServers);
  expect(server).toMatchObject({ command: 'npx', args: ['-y', '@mashh/mcp-agent-proxy'] });
  return loadConfig(server!.env, read);
}

describe('the examples', () => {
  it('are all expected here', () => {
    const files = readdirSync(folder).filter((name) => /\.(json|ya?ml)$/.test(name));
    expect(files.sort()).toEqual(Object.keys(EXPECTED).sort());
  });

  it.each(Object.keys(EXPECTED))('%s gives the servers that it shows', async (name) => {
    const result = await load(name);
    const servers = result.ok ? result.config.servers.map(({ name: id, url, asn }) => `${id} ${url} ${asn}`) : result;
    expect(servers).toEqual(EXPECTED[name]);
  });

  it('cloud-and-local.yaml asks for its token, and keeps the policy that it shows', async () => {
    const file = path.join(folder, 'cloud-and-local.yaml');
    const without = await loadConfig({ AGENT_PROXY_CONFIG: file }, read);
    expect(without).toMatchObject({ ok: false, problems: [{ place: 'servers[1].headers.Authorization' }] });
    expect(await load('cloud-and-local.yaml')).toMatchObject({
      ok: true,
      config: {
        servers: [{ localPref: 200 }, { headers: { Authorization: 'Bearer token' }, communities: ['region:eu-west'] }],
        policy: { import: { statements: [{ name: 'no-training' }, { name: 'research-in-the-cloud' }] } },
      },
    });
  });
});
