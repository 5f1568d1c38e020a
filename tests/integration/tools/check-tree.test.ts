import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const PROGRAM = fileURLToPath(new URL('../../tools/check-tree.mjs', import.meta.url));
const TREE = ['src/', '  main.ts       the bin', '  base/         shared', '    egress/  failure/   two rooms'];

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'check-tree-'));
  for (const file of ['main.ts', 'base/egress/address.ts', 'base/failure/failure.ts']) write(`src/${file}`);
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

function write(file: string, text = ''): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

function check(tree: readonly string[], prose = ''): { status: number | null; faults: string[] } {
  write('docs/architecture.md', ['# Architecture', '', '```', ...tree, '```', '', prose].join('\n'));
  const { status, stderr } = spawnSync(process.execPath, [PROGRAM, root], { encoding: 'utf8' });
  return { status, faults: stderr.split('\n').filter((line) => line !== '') };
}

describe('the check of the drawn tree', () => {
  it('passes a tree that names every folder, and every file of a folder with drawn files', () => {
    expect(check(TREE, 'See `src/base/egress/address.ts`.')).toEqual({ status: 0, faults: [] });
  });

  it('reports a drawn folder that does not exist and a folder that is not drawn', () => {
    write('src/core/rib.ts');
    expect(check([...TREE, '  data-plane/   calls'])).toEqual({
      status: 1,
      faults: [
        'docs/architecture.md:8: src/data-plane/ does not exist',
        'docs/architecture.md: src/core/ is missing from the tree',
      ],
    });
  });

  it('reports a file beside drawn files only', () => {
    write('src/stray.ts');
    write('src/base/egress/redirect.ts');
    expect(check(TREE).faults).toEqual(['docs/architecture.md: src/stray.ts is missing from the tree']);
  });

  it('reports a name drawn twice, a line without a name and a document without a tree', () => {
    expect(check([...TREE, '  base/         again', '  or so it seems']).faults).toEqual([
      'docs/architecture.md:8: src/base/ is drawn twice',
      'docs/architecture.md:9: no folder or file is named',
    ]);
    expect(check([]).faults).toContain('docs/architecture.md: no tree was found');
  });

  it('reports a path in a document that leads nowhere', () => {
    write('README.md', 'Begin at `src/main.ts`, then read `src/core/bgp/speaker.ts`.\n');
    expect(check(TREE).faults).toEqual(['README.md:1: src/core/bgp/speaker.ts does not exist']);
  });
});
