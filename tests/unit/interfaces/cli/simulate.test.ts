import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ProgressBar } from '../../../../src/interfaces/cli/progress-bar.ts';
import type { Report } from '../../../../src/core/simulator/report.ts';
import { run } from './run.ts';

let folder: string;
const write = (name: string, text: string): string => {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
};

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'agent-proxy-simulate-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const CHAIN = '{generate: {shape: chain, routers: 3, latencyMs: 10}}';
const WITHDRAW =
  '- {at: 5000, do: call, router: r3, target: agent1}\n- {at: 10000, do: withdraw, router: r1, agents: [agent1]}';

/** Two ASes that each prefer the way by the other one, and a third that both go round for ever. */
function badGadget(): string {
  const router = (asn: number, next: number, other: number): string =>
    `{name: r${asn}, asn: ${asn}, policy: {import: [
      {match: {peers: [${next}], asPath: [${other}]}, action: {action: reject}},
      {match: {peers: [${other}]}, action: {action: reject}},
      {match: {peers: [${next}]}, action: {action: modify, setLocalPref: 200}}]}}`;
  const routers = [router(1, 3, 2), router(2, 1, 3), router(3, 2, 1), '{name: origin, asn: 9, agents: [a]}'];
  return `{routers: [${routers.join(', ')}], links: [[origin, r1], [origin, r2], [origin, r3], [r1, r2], [r2, r3], [r3, r1]]}`;
}

describe('simulate', () => {
  it('prints messages, times, calls and tables, and exits with 0', async () => {
    const { outcome, out, err } = await run('simulate', write('t.yaml', CHAIN), '--script', write('s.yaml', WITHDRAW));
    expect(outcome).toEqual({ type: 'exit', code: 0 });
    expect(err).toBe('');
    expect(out).toMatch(/^seed 1: converged after 10\.\d+ s of virtual time, \d+ steps\n/);
    expect(out).toMatch(/^10\.000 s +0\.020 s +2 +0 +2 +0 +3 +r1 withdraws agent1$/m);
    expect(out).toContain('5.000 s r3 calls agent1: answered by r1 in 0.041 s by way of r3 r2 r1');
    expect(out).not.toContain('tables:');
  });

  it('lists the tables of a small network', async () => {
    const { out } = await run('simulate', write('t.yaml', CHAIN));
    expect(out).toMatch(/^ {2}r3 +agent1 +r2 +64513 64512 +100 +0$/m);
  });

  it('prints identical JSON for the same seed and different JSON for another', async () => {
    const file = write('t.yaml', '{generate: {shape: mesh, routers: 6}}');
    const [first, again, other] = await Promise.all(
      ['7', '7', '8'].map((seed) => run('simulate', file, '--json', '--seed', seed, '--crashes', '1', '--loss', '0.1')),
    );
    expect(again!.out).toBe(first!.out);
    expect(other!.out).not.toBe(first!.out);
    expect((JSON.parse(first!.out) as Report).seed).toBe(7);
  });

  it('names the routers of a dispute and exits with 1', async () => {
    const { outcome, out } = await run('simulate', write('t.yaml', badGadget()));
    expect(outcome).toEqual({ type: 'exit', code: 1 });
    expect(out).toContain('oscillation of a: dispute among r1, r2, r3');
  });

  it('prints the events of one router as JSON lines', async () => {
    const file = write('t.yaml', CHAIN);
    const { outcome, out } = await run('simulate', file, '--record', 'r2');
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(outcome).toEqual({ type: 'exit', code: 0 });
    expect(lines[0]).toHaveProperty('settings.asn', 64_513);
    expect(lines[1]).toHaveProperty('event.type', 'PeerConfigured');
    expect(await run('simulate', file, '--record', 'r9')).toMatchObject({
      outcome: { type: 'exit', code: 64 },
      err: `${file}: there is no router named r9\n`,
    });
  });

  it('exits with 78 and prints the place of each problem in a file', async () => {
    const topology = write('t.yaml', 'routers:\n  - {name: a, asn: 0}');
    const script = write('s.yaml', '- {at: 1, do: crash, router: a}');
    expect(await run('simulate', topology)).toEqual({
      outcome: { type: 'exit', code: 78 },
      out: '',
      err: `${topology}:2:20: routers[0].asn: must be an AS number from 1 to 4294967294\n`,
    });
    expect(await run('simulate', write('good.yaml', CHAIN), '--script', script)).toMatchObject({
      outcome: { type: 'exit', code: 78 },
      err: `${script}:1:3: [0]: there is no router named a\n`,
    });
    expect((await run('simulate', path.join(folder, 'none.yaml'))).err).toContain('none.yaml: cannot be read: ENOENT');
  });

  it.each([
    [['--seed', '1.5'], 'It must be a whole number.'],
    [['--latency', '5'], 'It must be a range such as 5..50.'],
    [['--latency', '50..5'], 'It must be a range such as 5..50.'],
    [['--loss', '0.95'], 'It must be from 0 to 0.9.'],
    [['--crashes', '-1'], 'It must be a whole number.'],
  ])('rejects %j', async (options, message) => {
    const { outcome, err } = await run('simulate', write('t.yaml', CHAIN), ...options);
    expect(outcome).toEqual({ type: 'exit', code: 64 });
    expect(err).toContain(message);
  });

  it('takes the conditions of the network from its options', async () => {
    const file = write('t.yaml', '{generate: {shape: chain, routers: 3}}');
    const settled = async (...options: string[]): Promise<number> => {
      const { out } = await run('simulate', file, '--json', ...options);
      return (JSON.parse(out) as Report).phases[0]!.convergedAfterMs;
    };
    expect(await settled('--latency', '100..100')).toBeGreaterThan(10 * (await settled('--latency', '1..1')));
    expect(await settled('--latency', '100..100', '--reorder', '5')).toBeGreaterThan(
      await settled('--latency', '100..100'),
    );
  });
});

describe('the progress bar', () => {
  const at = (nowMs: number) => ({ nowMs, scriptEndsAtMs: 10_000, steps: 7 });

  it('rewrites one line during a long run and clears it at the end', () => {
    let [clock, text] = [0, ''];
    const bar = new ProgressBar(
      (part) => (text += part),
      () => clock,
    );
    bar.show(at(0));
    expect(text).toBe('');
    clock = 1500;
    bar.show(at(5000));
    bar.show(at(6000));
    clock = 2000;
    bar.show(at(20_000));
    bar.clear();
    expect(text.split('\r').slice(1)).toEqual([
      `[${'#'.repeat(15)}${'-'.repeat(15)}] script, 5.0 s virtual, 7 steps`,
      `[${'#'.repeat(30)}] settling, 20.0 s virtual, 7 steps`,
      expect.stringMatching(/^ {50,}$/),
      '',
    ]);
  });

  it('does not appear on a short run', () => {
    let text = '';
    const bar = new ProgressBar(
      (part) => (text += part),
      () => 0,
    );
    bar.show(at(5000));
    bar.clear();
    expect(text).toBe('');
  });
});
