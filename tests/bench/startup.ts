import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundling } from '../tools/build.mjs';
import { INITIALIZE, MAIN } from '../e2e/program.ts';
import { median, type Bench } from './row.ts';

const RUNS = 25;

/** From spawning the process to the answer to `initialize`, ours and the bare server in turn. */
export const startup: Bench = async (note) => {
  const bare = await bundleBareServer();
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (let run = -2; run < RUNS; run++) {
    const [a, b] = [await msToInitialize(MAIN), await msToInitialize(bare)];
    if (run < 0) continue;
    ours.push(a);
    theirs.push(b);
    note(`start-up ${run + 1}/${RUNS}`);
  }
  const peer = { name: 'bare SDK server, bundled the same way', value: median(theirs) };
  return [
    {
      what: 'process start to initialize answered',
      ours: median(ours),
      unit: 'ms',
      peer,
      atMost: 150,
      ratioAtMost: 1.5,
    },
  ];
};

async function bundleBareServer(): Promise<string> {
  const outfile = fileURLToPath(new URL('../../coverage/bare/bare-server.js', import.meta.url));
  const entryPoint = fileURLToPath(new URL('bare-server.ts', import.meta.url));
  await build({ ...bundling, splitting: false, entryPoints: [entryPoint], outfile });
  return outfile;
}

async function msToInitialize(program: string): Promise<number> {
  const started = performance.now();
  const child = spawn(process.execPath, [program], {
    env: { PATH: process.env['PATH'], MASTRA_SERVERS: 'none' },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...INITIALIZE })}\n`);
  await once(child.stdout, 'data');
  const ms = performance.now() - started;
  child.stdin.end();
  await once(child, 'exit');
  return ms;
}
