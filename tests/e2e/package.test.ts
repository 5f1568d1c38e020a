import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const REPOSITORY = 'https://github.com/mashh-lab/mcp-agent-proxy/';

interface Packed {
  readonly files: readonly { readonly path: string }[];
}

describe('the package', () => {
  it('passes publint', async () => {
    const { messages } = await publint({ pkgDir: ROOT, strict: true });
    expect(messages).toEqual([]);
  });

  it('holds the program, its documents and its licences, and nothing else', async () => {
    const args = ['pack', '--dry-run', '--json', '--ignore-scripts'];
    const { stdout } = await promisify(execFile)('npm', args, { cwd: ROOT, shell: process.platform === 'win32' });
    const [packed] = Object.values(JSON.parse(stdout) as Record<string, Packed>);
    const paths = packed?.files.map(({ path }) => path) ?? [];
    expect(paths.filter((path) => !path.startsWith('dist/')).sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'THIRD_PARTY_LICENSES',
      'package.json',
    ]);
    expect(paths).toContain('dist/main.js');
  });

  it.each(['README.md', 'CHANGELOG.md'])('has only absolute links in %s, and each leads somewhere', (document) => {
    const text = readFileSync(`${ROOT}${document}`, 'utf8').replaceAll(/^```.*?^```/gms, '');
    const targets = [...text.matchAll(/\]\(([^)]+)\)|^\[[^\]]+\]: (\S+)/gm)].map(
      ([, inline, named]) => inline ?? named,
    );
    for (const target of targets) {
      expect(target).toMatch(/^(https:\/\/|#)/);
      const [, path] = new RegExp(`^${REPOSITORY}(?:blob|tree)/main/([^#]*)`).exec(target ?? '') ?? [];
      if (path !== undefined) expect(existsSync(`${ROOT}${path}`), target).toBe(true);
    }
    if (document === 'README.md') expect(targets.length).toBeGreaterThan(5);
  });
});
