import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import type { Bench } from './row.ts';

interface Packed {
  readonly size: number;
  readonly unpackedSize: number;
}

/** What `npm pack` would upload, and what a user downloads: one package, because everything is bundled. */
export const packageSize: Bench = async () => {
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd });
  const parsed = JSON.parse(stdout) as Packed[] | Record<string, Packed>;
  const packed = Object.values(parsed)[0];
  if (packed === undefined) throw new Error('npm pack told nothing');
  return [
    { what: 'packed tarball', ours: packed.size / 1e6, unit: 'MB', atMost: 3 },
    { what: 'unpacked', ours: packed.unpackedSize / 1e6, unit: 'MB' },
  ];
};
