import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMastra, type RunningMastra } from '../servers/mastra-server.ts';
import { startProgram, type Program } from './program.ts';

const LIMIT = 2_000;

describe('an answer that is longer than clients take', () => {
  let folder: string;
  let server: RunningMastra;
  let program: Program;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'long-'));
    const file = join(folder, 'config.json');
    server = await startMastra({ agents: [{ id: 'parrot' }] });
    const config = { servers: [{ url: server.url }], calls: { maxResultLength: LIMIT } };
    writeFileSync(file, JSON.stringify(config));
    program = await startProgram({ AGENT_PROXY_CONFIG: file });
    // Lets the client check every result against the schema of the tool.
    await program.client.listTools();
  });

  afterAll(async () => {
    await program.stop();
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  async function ask(content: string, more: object = {}): Promise<CallToolResult> {
    const args = { targetAgentId: 'parrot', messages: [{ role: 'user', content }], ...more };
    return (await program.client.callTool({ name: 'agent-proxy', arguments: args })) as CallToolResult;
  }

  interface Short {
    readonly responseData: {
      readonly text: string;
      readonly raw?: unknown;
      readonly cut?: Record<string, { length: number; uri: string }>;
    };
  }

  const data = ({ structuredContent }: CallToolResult) => (structuredContent as unknown as Short).responseData;

  it.each(['generate', 'stream'])('is cut, says so, and is a resource that holds all of it (%s)', async (how) => {
    const words = `${'word '.repeat(2_000)}end`;
    const result = await ask(words, { interactionType: how });
    const whole = `echo from parrot: ${words}`;
    const { text, cut } = data(result);
    expect(text.startsWith(whole.slice(0, LIMIT))).toBe(true);
    expect(text.length).toBeLessThan(LIMIT + 300);
    expect(text).toContain(`[Cut after ${LIMIT} of ${whole.length} characters. The whole is resource agent-proxy://`);
    const [said, link] = result.content;
    expect(JSON.parse((said as { text: string }).text)).toEqual(result.structuredContent);
    expect(link).toMatchObject({ type: 'resource_link', uri: cut?.['text']?.uri, size: whole.length });
    const { contents } = await program.client.readResource({ uri: (link as { uri: string }).uri });
    expect(contents).toMatchObject([{ uri: cut?.['text']?.uri, mimeType: 'text/plain', text: whole }]);
    const { resources } = await program.client.listResources();
    expect(resources).toContainEqual(expect.objectContaining({ uri: cut?.['text']?.uri, mimeType: 'text/plain' }));
  });

  it('has a raw reply of its own to read', async () => {
    const result = await ask('hello '.repeat(100), { includeRaw: true });
    const { text, raw, cut } = data(result);
    expect(text).toMatch(/^echo from parrot: (hello )+$/);
    expect(raw).toMatch(/^\[\d+ characters\. The whole is resource/);
    const { contents } = await program.client.readResource({ uri: cut!['raw']!.uri });
    const [{ text: json } = { text: '' }] = contents as { text: string }[];
    expect(JSON.parse(json)).toMatchObject({ text });
  });

  it('is left as it is up to the limit, and never cut within a character', async () => {
    const fitting = await ask('x'.repeat(LIMIT - 'echo from parrot: '.length));
    expect(fitting.content).toHaveLength(1);
    expect(data(fitting).cut).toBeUndefined();
    const { text } = data(await ask(`${'x'.repeat(LIMIT - 'echo from parrot: '.length - 1)}😀 and more`));
    expect(text).toContain('x\n\n[Cut');
  });

  it('is not to be had under another name', async () => {
    const uri = 'agent-proxy://results/none';
    await expect(program.client.readResource({ uri })).rejects.toMatchObject({
      code: -32_002,
      message: expect.stringContaining('resources/list') as string,
    });
  });
});
