import { readFile } from 'node:fs/promises';
import { setTimeout as pass } from 'node:timers/promises';
import { startProgram, type Program } from '../e2e/program.ts';
import { startCanned } from '../servers/canned-server.ts';
import type { Bench } from './row.ts';

const MESSAGES = [{ role: 'user', content: 'Say two words.' }];

/** Resident memory: at rest, after a few calls, and after ten thousand. */
export const memory: Bench = async (note) => {
  const idle = await startProgram({ MASTRA_SERVERS: 'none' });
  await pass(3_000);
  const idleMb = await residentMb(idle.pid);
  await idle.stop();
  const server = await startCanned();
  const program = await startProgram({ MASTRA_SERVERS: server.url });
  try {
    await makeCalls(program, 20);
    await pass(5_000);
    const fewMb = await residentMb(program.pid);
    for (let done = 0; done < 10_000; done += 500) {
      await makeCalls(program, 500);
      note(`memory: ${done + 500}/10000 calls`);
    }
    await pass(5_000);
    return [
      { what: 'memory 3 s after initialize', ours: idleMb, unit: 'MB', atMost: 90 },
      { what: 'memory after 20 calls and 5 s', ours: fewMb, unit: 'MB', atMost: 115 },
      { what: 'memory after 10,000 calls and 5 s', ours: await residentMb(program.pid), unit: 'MB' },
    ];
  } finally {
    await program.stop();
    await server.stop();
  }
};

async function makeCalls(program: Program, count: number): Promise<void> {
  let left = count;
  const worker = async () => {
    while (left-- > 0) await program.call('agent-proxy', { targetAgentId: 'canned', messages: MESSAGES });
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}

export async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1_024;
}
