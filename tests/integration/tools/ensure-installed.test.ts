import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const PROGRAM = fileURLToPath(new URL('../../tools/ensure-installed.mjs', import.meta.url));
const ONE = { version: '1.0.0', integrity: 'sha512-one' };

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ensure-installed-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

type Packages = Record<string, { version: string; integrity: string; optional?: boolean }>;

function write(file: string, packages: Packages): void {
  writeFileSync(join(folder, file), JSON.stringify({ packages }));
}

function locked(packages: Packages): void {
  write('package-lock.json', { '': { version: '0', integrity: '' }, ...packages });
}

function installed(packages: Packages): void {
  for (const path of Object.keys(packages)) mkdirSync(join(folder, path), { recursive: true });
  write('node_modules/.package-lock.json', packages);
}

/** Runs the program with an npm that only says with what it was called, and ends as told. */
function run(npmStatus = 0): { status: number | null; output: string } {
  const npm = join(folder, 'npm-cli.js');
  writeFileSync(npm, `console.log('npm', ...process.argv.slice(2)); process.exit(${npmStatus});`);
  const env = { ...process.env, npm_execpath: npm };
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, folder], { env, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

describe('what runs before the tests and the demo', () => {
  it('installs in a fresh clone', () => {
    locked({ 'node_modules/one': ONE });
    expect(run()).toEqual({
      status: 0,
      output: expect.stringMatching(/nothing is installed yet[^]*npm ci --no-audit --no-fund/) as string,
    });
  });

  it('says nothing when everything is in place, without optional packages for other machines', () => {
    locked({ 'node_modules/one': ONE, 'node_modules/other-os': { ...ONE, optional: true } });
    installed({ 'node_modules/one': ONE });
    expect(run()).toEqual({ status: 0, output: '' });
  });

  it('installs again when a package is missing, gone or not as locked, or the last installation broke off', () => {
    locked({ 'node_modules/one': ONE, 'node_modules/two': ONE });
    installed({ 'node_modules/one': ONE });
    expect(run().output).toContain('node_modules/two is not as locked');
    installed({ 'node_modules/one': ONE, 'node_modules/two': { ...ONE, version: '0.9.0' } });
    expect(run().output).toContain('node_modules/two is not as locked');
    installed({ 'node_modules/one': ONE, 'node_modules/two': ONE });
    expect(run().output).toBe('');
    rmSync(join(folder, 'node_modules/one'), { recursive: true });
    expect(run().output).toContain('node_modules/one is gone');
    rmSync(join(folder, 'node_modules/.package-lock.json'));
    expect(run().output).toContain('the last installation is incomplete');
  });

  it('fails when npm fails', () => {
    locked({ 'node_modules/one': ONE });
    expect(run(7)).toEqual({ status: 1, output: expect.stringContaining('npm ci failed') as string });
  });

  it('leaves the installation of somebody else alone', () => {
    locked({ 'node_modules/one': ONE });
    const others = mkdtempSync(join(tmpdir(), 'others-'));
    symlinkSync(others, join(folder, 'node_modules'), 'dir');
    const { status, output } = run();
    expect(status).toBe(1);
    expect(output).toContain('is a link to another installation');
    expect(output).not.toContain('npm ci');
    rmSync(others, { recursive: true });
  });
});
