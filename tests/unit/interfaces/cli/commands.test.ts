import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkFile } from '../../../../src/base/config/check-file.ts';
import { run } from './run.ts';

let folder: string;
const write = (name: string, text: string): string => {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
};

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'agent-proxy-cli-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('validate', () => {
  it('prints a line per valid file and exits with 0', async () => {
    const config = write('c.yaml', 'servers: [{url: http://a}]');
    const policy = write('p.json', '{"import": []}');
    expect(await run('validate', config, policy)).toEqual({
      outcome: { type: 'exit', code: 0 },
      out: `${config}: valid config\n${policy}: valid policy\n`,
      err: '',
    });
  });

  it('prints file, line and column of every problem and exits with 78', async () => {
    const bad = write('bad.yaml', 'servers:\n  - url: a\nfoo: 1\n');
    const good = write('good.json', '{"servers": []}');
    const { outcome, out, err } = await run('validate', bad, path.join(folder, 'none.yaml'), good);
    expect(outcome).toEqual({ type: 'exit', code: 78 });
    expect(out).toBe(`${good}: valid config\n`);
    expect(err).toContain('none.yaml: cannot be read: ENOENT');
    expect(err.split('\n').map((line) => line.slice(folder.length + 1).split(' ')[0])).toEqual([
      'bad.yaml:2:10:',
      'bad.yaml:3:1:',
      'none.yaml:',
      '',
    ]);
  });

  it('prints warnings and exits with 0', async () => {
    const peers = 'peers: [{asn: 65000, url: http://localhost:1, client: true}]';
    const config = write('c.yaml', `policy: {compareMed: same-neighbor}\n${peers}\n`);
    const { outcome, out, err } = await run('validate', config);
    expect(outcome).toEqual({ type: 'exit', code: 0 });
    expect(out).toBe(`${config}: valid config\n`);
    expect(err.startsWith(`${config}: warning: With compareMed: same-neighbor and reflection to as65000 `)).toBe(true);
    expect(err.split('\n')).toHaveLength(2);
  });
});

describe('init', () => {
  it('prints a config file and the block for the clients', async () => {
    const { outcome, out } = await run('init');
    expect(outcome).toEqual({ type: 'exit', code: 0 });
    expect(out).toContain('servers:');
    expect(out).toContain('"@mashh/mcp-agent-proxy"');
  });

  it('writes a valid config file and prints a block that names it', async () => {
    const file = path.join(folder, 'new.yaml');
    const { outcome, out } = await run('init', file);
    expect(outcome).toEqual({ type: 'exit', code: 0 });
    expect(await checkFile(file, {}, (name) => readFileSync(name, 'utf8'))).toEqual({
      kind: 'config',
      problems: [],
      warnings: [],
    });
    const block = JSON.parse(out.slice(out.indexOf('{'))) as unknown;
    expect(block).toMatchObject({ mcpServers: { 'agent-proxy': { env: { AGENT_PROXY_CONFIG: file } } } });
  });

  it('the commented settings of the file are valid too', async () => {
    const { out } = await run('init');
    const config = out.slice(0, out.indexOf('# For Claude Code')).replace(/^( *)# ( *(- )?\w+:)/gm, '$1$2');
    const env = { AGENTS_TOKEN: 'abc' };
    const { problems } = await checkFile('f', env, (name) => (name === 'f' ? config : '{"import": []}'));
    expect(config).toContain('\n  - name: cloud\n    url:');
    expect(problems).toEqual([]);
  });

  it('overwrites a file only with --force', async () => {
    const file = write('old.yaml', 'old');
    const refused = await run('init', file);
    expect(refused.outcome).toEqual({ type: 'exit', code: 1 });
    expect(refused.err).toContain('already exists');
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect((await run('init', '--force', file)).outcome).toEqual({ type: 'exit', code: 0 });
    expect(readFileSync(file, 'utf8')).toContain('servers:');
  });

  it('exits with 1 if it cannot write', async () => {
    const { outcome, err } = await run('init', path.join(folder, 'no', 'such', 'folder.yaml'));
    expect(outcome).toEqual({ type: 'exit', code: 1 });
    expect(err).toContain('cannot be written');
  });
});
