import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { until } from './program.ts';

const DEMO = fileURLToPath(new URL('../../examples/demo/demo.ts', import.meta.url));

async function runDemo(...args: string[]): Promise<string> {
  const child = spawn(process.execPath, [DEMO, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  expect(code, output).toBe(0);
  return stripVTControlCharacters(output);
}

function isListening(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}

function urlsIn(output: string): string[] {
  return [...new Set(output.match(/http:\/\/127\.0\.0\.1:\d+/g))];
}

describe('the demo', () => {
  it('lists, calls, streams, loses a server and finds it again, and leaves nothing behind', async () => {
    const output = await runDemo();
    expect(output).not.toContain('✘');
    expect(output.match(/^✔ .*\d+\/10/gm)).toHaveLength(10);
    const [first = '', second = ''] = urlsIn(output);
    expect(output).toContain(`server0:weatherAgent at ${first}, by bgp_resolution`);
    expect(output).toContain(`server1:weatherAgent at ${second}, by explicit_qualification`);
    expect(output).toContain('echo from poetAgent: packets find their paths');
    expect(output).toContain(`server0  AS65001  ${first}  error`);
    expect(output).toContain(`server1:weatherAgent at ${second}, by bgp_resolution`);
    expect(await Promise.all([isListening(first), isListening(second)])).toEqual([false, false]);
  });

  it('leaves the servers running with --keep, and prints a block that leads to them', async () => {
    const output = await runDemo('--keep');
    const urls = urlsIn(output);
    try {
      expect(await Promise.all(urls.map(isListening))).toEqual([true, true]);
      const blocks = output.match(/^\{$[^]*?^\}$/gm)?.map((block) => JSON.parse(block) as unknown);
      expect(blocks).toHaveLength(2);
      for (const block of blocks ?? [])
        expect(block).toEqual({
          mcpServers: {
            agents: {
              command: process.execPath,
              args: [fileURLToPath(new URL('../../dist/main.js', import.meta.url))],
              env: { MASTRA_SERVERS: urls.join(' ') },
            },
          },
        });
    } finally {
      const pids = /with: kill ([\d ]+)/.exec(output)?.[1] ?? '';
      for (const pid of pids.trim().split(' ')) process.kill(Number(pid));
    }
    await until(async () => !(await Promise.all(urls.map(isListening))).includes(true));
  });

  it('lets three organisations call one another across a core, keeps apart what policy keeps apart, and leaves nothing behind', async () => {
    const output = await runDemo('network');
    expect(output).not.toContain('✘');
    expect(output.match(/^✔ .*\d+\/12/gm)).toHaveLength(12);
    const [finance = '', core = '', engineering = ''] = output.split(/^.* can call$/m).slice(1);
    expect(finance).toMatch(/budgetAgent +own agent/);
    expect(finance).toMatch(/codeAgent +AS path 65000 65002/);
    expect(core).toMatch(/budgetAgent +AS path 65001/);
    const [listed = ''] = engineering.split('✔');
    expect(listed).toMatch(/reportAgent +AS path 65000 65001/);
    expect(listed).not.toMatch(/budgetAgent|auditAgent/);
    expect(output.match(/as65002:codeAgent by AS65001 → AS65000 → AS65002/g)).toHaveLength(2);
    expect(output).toContain('as65001:reportAgent by AS65002 → AS65000 → AS65001');
    expect(output).toMatch(/trace codeAgent[^]* 65001 .*\n.* 65000 .* ms\n.* 65002 .* ms\n/);
    expect(output).toContain("AGENT_NOT_FOUND: No agent 'budgetAgent' is known.");
    expect(output).toMatch(/Kill the core[^]*AGENT_NOT_FOUND: No agent 'codeAgent' is known[^]*“echo from codeAgent/);
    const left = await Promise.all(urlsIn(output).map(isListening));
    expect(left).toHaveLength(5);
    expect(left).not.toContain(true);
  });
});
