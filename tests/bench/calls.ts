import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { MastraClient } from '@mastra/client-js';
import { startProgram, type Program } from '../e2e/program.ts';
import { spawnMastra } from '../servers/mastra-process.ts';
import { median, quantile, type Bench, type Row } from './row.ts';

const MESSAGES = [{ role: 'user' as const, content: 'Say two words.' }];
/** How many calls are under way at once, and how many make a round. */
const LOADS = [
  { atOnce: 1, rounds: 20, calls: 50 },
  { atOnce: 32, rounds: 20, calls: 200 },
  { atOnce: 256, rounds: 8, calls: 1_024 },
] as const;

/** Before anything counts, each way makes so many calls: what is compared is what a program at work costs. */
const WARM_UP = { atOnce: 1, calls: 500 } as const;

interface Load {
  readonly atOnce: number;
  readonly calls: number;
}

/** One call, repeated: `generate` of an agent, through us or directly. */
type Call = () => Promise<unknown>;

/** `agent-proxy` over stdio beside the same call with client-js, against a real server and one with ready-made replies. */
export const calls: Bench = async (note) => {
  const real = await spawnMastra({ agents: [{ id: 'canned' }] });
  const canned = await spawnCanned();
  try {
    return [
      ...(await compare('a real Mastra server', real.url, note)),
      ...(await compare('ready-made replies', canned.url, note)),
    ];
  } finally {
    await real.kill();
    await canned.kill();
  }
};

async function compare(server: string, url: string, note: (text: string) => void): Promise<Row[]> {
  const program = await startProgram({ MASTRA_SERVERS: url });
  try {
    const [through, direct] = [throughUs(program), directly(url)];
    const rows: Row[] = [];
    await round(through, WARM_UP);
    await round(direct, WARM_UP);
    for (const load of LOADS) {
      const figures = await alternate(through, direct, load, (round) =>
        note(`${server}: ${load.atOnce} at once ${round}/${load.rounds}`),
      );
      rows.push(...rowsOf(`${server}, ${load.atOnce} at once`, figures));
      if (load.atOnce === 1) rows.push(added(server, figures));
    }
    return rows;
  } finally {
    await program.stop();
  }
}

function rowsOf(what: string, { ours, theirs }: Figures): Row[] {
  const row = (name: string, unit: string, of: (rounds: readonly Round[]) => number): Row => ({
    what: `${what}: ${name}`,
    ours: of(ours),
    unit,
    peer: { name: 'client-js', value: of(theirs) },
  });
  return [
    row('p50', 'ms', (rounds) => median(timesOf(rounds))),
    row('p99', 'ms', (rounds) => quantile(timesOf(rounds), 0.99)),
    row('throughput', '1/s', (rounds) => median(rounds.map(({ ms, seconds }) => ms.length / seconds))),
  ];
}

function added(server: string, { ours, theirs }: Figures): Row {
  const value = median(timesOf(ours)) - median(timesOf(theirs));
  return { what: `${server}, added at the median`, ours: value, unit: 'ms', atMost: 0.5 };
}

function timesOf(rounds: readonly Round[]): number[] {
  return rounds.flatMap(({ ms }) => ms);
}

function throughUs(program: Program): Call {
  return () => program.call('agent-proxy', { targetAgentId: 'canned', messages: MESSAGES });
}

function directly(url: string): Call {
  const agent = new MastraClient({ baseUrl: url, retries: 0 }).getAgent('canned');
  return () => agent.generate(MESSAGES);
}

/** What one round took: every call, and all of them together. */
interface Round {
  readonly ms: readonly number[];
  readonly seconds: number;
}

interface Figures {
  readonly ours: Round[];
  readonly theirs: Round[];
}

/** Both ways in turn, so that a slow moment of the machine hits both; the first round of each does not count. */
async function alternate(
  through: Call,
  direct: Call,
  load: (typeof LOADS)[number],
  onRound: (round: number) => void,
): Promise<Figures> {
  await round(through, load);
  await round(direct, load);
  const figures: Figures = { ours: [], theirs: [] };
  for (let at = 1; at <= load.rounds; at++) {
    figures.ours.push(await round(through, load));
    figures.theirs.push(await round(direct, load));
    onRound(at);
  }
  return figures;
}

async function round(call: Call, { atOnce, calls: total }: Load): Promise<Round> {
  const ms: number[] = [];
  let left = total;
  const began = performance.now();
  const caller = async (): Promise<void> => {
    while (left-- > 0) {
      const started = performance.now();
      await call();
      ms.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, caller));
  return { ms, seconds: (performance.now() - began) / 1_000 };
}

export async function spawnCanned() {
  const file = fileURLToPath(new URL('../servers/canned-server.ts', import.meta.url));
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return {
    url,
    kill: async () => {
      child.kill();
      await once(child, 'exit');
    },
  };
}
