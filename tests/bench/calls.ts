import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { MastraClient } from '@mastra/client-js';
import { startProgram, type Program } from '../e2e/program.ts';
import { spawnMastra } from '../servers/mastra-process.ts';
import { median, quantile, type Bench, type Row } from './row.ts';

const MESSAGES = [{ role: 'user' as const, content: 'Say two words.' }];
const ROUNDS = 20;
const CALLS_PER_ROUND = 50;

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
    const one = await alternate(through, direct, sequential, (round) =>
      note(`${server}: one by one ${round}/${ROUNDS}`),
    );
    const many = await alternate(through, direct, concurrent, (round) =>
      note(`${server}: 32 at once ${round}/${ROUNDS}`),
    );
    return [
      { what: `call, ${server}, p50`, ours: median(one.ours), unit: 'ms', peer: clientJs(median(one.theirs)) },
      {
        what: `call, ${server}, p99`,
        ours: quantile(one.ours, 0.99),
        unit: 'ms',
        peer: clientJs(quantile(one.theirs, 0.99)),
      },
      {
        what: `call, ${server}, added at the median`,
        ours: median(one.ours) - median(one.theirs),
        unit: 'ms',
        atMost: 0.5,
      },
      {
        what: `32 at once, ${server}, ms per call`,
        ours: median(many.ours),
        unit: 'ms',
        peer: clientJs(median(many.theirs)),
      },
    ];
  } finally {
    await program.stop();
  }
}

function clientJs(value: number): { name: string; value: number } {
  return { name: 'client-js', value };
}

function throughUs(program: Program): Call {
  return () => program.call('agent-proxy', { targetAgentId: 'canned', messages: MESSAGES });
}

function directly(url: string): Call {
  const agent = new MastraClient({ baseUrl: url, retries: 0 }).getAgent('canned');
  return () => agent.generate(MESSAGES);
}

/** Both ways in turn, so that a slow moment of the machine hits both. */
async function alternate(
  through: Call,
  direct: Call,
  way: (call: Call) => Promise<number[]>,
  onRound: (round: number) => void,
) {
  await way(through);
  await way(direct);
  const figures: { ours: number[]; theirs: number[] } = { ours: [], theirs: [] };
  for (let round = 1; round <= ROUNDS; round++) {
    figures.ours.push(...(await way(through)));
    figures.theirs.push(...(await way(direct)));
    onRound(round);
  }
  return figures;
}

async function sequential(call: Call): Promise<number[]> {
  const ms: number[] = [];
  for (let i = 0; i < CALLS_PER_ROUND; i++) {
    const started = performance.now();
    await call();
    ms.push(performance.now() - started);
  }
  return ms;
}

/** One figure per round: the time for all, by the number of calls. */
async function concurrent(call: Call): Promise<number[]> {
  const total = CALLS_PER_ROUND * 4;
  let left = total;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: 32 }, async () => {
      while (left-- > 0) await call();
    }),
  );
  return [(performance.now() - started) / total];
}

async function spawnCanned() {
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
