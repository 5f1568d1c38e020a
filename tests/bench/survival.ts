import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from '../../src/core/simulator/random.ts';
import { startProgram, type Program } from '../e2e/program.ts';
import { table } from './row.ts';
import { Episodes } from './survival/episodes.ts';
import { Load } from './survival/load.ts';
import { Patient } from './survival/patient.ts';
import { isMissed, story, strays, verdict } from './survival/verdict.ts';

const NAMES = ['server0', 'server1', 'server2'];
/** So many failures are told in full. */
const SHOWN = 10;
/** So many characters of the router's log, in which it says why it ended. */
const LAST_WORDS = 5_000;

/**
 * `npm run long -- survival [minutes] [seed]`: three real Mastra servers with one agent, 50 calls a second balanced over
 * them, while one after the other is killed, hung, slowed down or made to fail, and restored. Fails if a call that may be
 * repeated failed, if another one failed that was not with the victim or ran twice, or if calls stayed with a server that is
 * not well or did not come back.
 */
export async function survival(minutes: number, seed: number): Promise<boolean> {
  console.log(`survival: ${minutes} minutes, seed ${seed}`);
  const folder = mkdtempSync(join(tmpdir(), 'survival-'));
  const ledger = join(folder, 'ledger');
  writeFileSync(ledger, '');
  const patients = await Promise.all(NAMES.map((name) => Patient.start(name, ledger)));
  const program = await startRouter(folder, patients);
  const stop = new AbortController();
  try {
    const load = new Load(program);
    const episodes = new Episodes(patients, load, createRandom(seed));
    const started = performance.now();
    const mishaps = episodes.run(started + minutes * 60_000, (text) => {
      console.log(`${((performance.now() - started) / 1_000).toFixed(0)} s: ${text}`);
    });
    // Calls end only with a program that is gone.
    await Promise.all([
      mishaps.finally(() => {
        stop.abort();
      }),
      load.run(stop.signal),
    ]);
    return report(load, episodes, runsIn(ledger));
  } catch (error) {
    console.log(`the router said last: ${program.stderr().slice(-LAST_WORDS)}`);
    throw error;
  } finally {
    stop.abort();
    await program.stop();
    await Promise.all(patients.map((patient) => patient.stop()));
    rmSync(folder, { recursive: true });
  }
}

/** A shell around the router that says how it ended; 128 and more are signals. */
const TELLING_THE_END = ['sh', '-c', '"$@"; echo "the router ended with status $?" >&2', 'sh'];

async function startRouter(folder: string, patients: readonly Patient[]): Promise<Program> {
  const path = join(folder, 'config.json');
  const servers = patients.map(({ name, url }) => ({ name, url }));
  writeFileSync(path, JSON.stringify({ servers, balancing: { method: 'round-robin' } }));
  const program = await startProgram({ AGENT_PROXY_CONFIG: path, LOG_LEVEL: 'info' }, TELLING_THE_END);
  await program.call('list-agents', {});
  return program;
}

/** How often each call was run. */
function runsIn(ledger: string): Map<string, number> {
  const runs = new Map<string, number>();
  for (const id of readFileSync(ledger, 'utf8').split('\n')) runs.set(id, (runs.get(id) ?? 0) + 1);
  return runs;
}

function report({ outcomes }: Load, { done }: Episodes, runs: ReadonlyMap<string, number>): boolean {
  const rows = verdict(outcomes, done, runs);
  for (const line of story(done, outcomes)) console.log(line);
  console.log(table(rows));
  const missed = rows.filter(isMissed);
  if (missed.length > 0) {
    for (const outcome of strays(outcomes, done).slice(0, SHOWN)) console.log(JSON.stringify(outcome));
  }
  return missed.length === 0;
}
