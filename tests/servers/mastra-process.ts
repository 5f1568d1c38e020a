import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Counts, MastraServerOptions, Mood, ScriptedAgent } from './mastra-server.ts';

export interface MastraProcess {
  readonly url: string;
  readonly pid: number;
  /** Counts survive in the process alone: after a kill they are gone. */
  readonly counts: () => Promise<Counts>;
  readonly setMood: (mood: Mood) => Promise<void>;
  /** Takes all agents away and puts these in their place, without a restart. */
  readonly setAgents: (agents: readonly ScriptedAgent[]) => Promise<void>;
  /** Ends the process and waits until it is gone. */
  readonly kill: (signal?: NodeJS.Signals) => Promise<void>;
}

const PROGRAM = fileURLToPath(new URL('mastra-server.ts', import.meta.url));

/**
 * Starts a real Mastra server in a process of its own, so that it can be killed like one that crashes. A `detached` one
 * outlives this process. `within` is what its command line begins with.
 */
export async function spawnMastra(
  options: MastraServerOptions,
  detached = false,
  within: readonly string[] = [],
): Promise<MastraProcess> {
  const [command, ...args] = [...within, process.execPath, PROGRAM, JSON.stringify(options)];
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', detached ? 'ignore' : 'inherit'],
    detached,
  });
  const exited = once(child, 'exit');
  const firstLine = once(createInterface({ input: child.stdout }), 'line').then(([line]) => String(line));
  const url = await Promise.race([
    firstLine,
    exited.then(([code]) => Promise.reject(new Error(`The Mastra server ended with ${code} before it was ready.`))),
  ]);
  if (detached) {
    child.stdout.destroy();
    child.unref();
  }
  return {
    url,
    pid: child.pid ?? 0,
    counts: async () => (await (await fetch(`${url}/counts`)).json()) as Counts,
    setMood: async (mood) => {
      await fetch(`${url}/mood`, { method: 'POST', body: JSON.stringify(mood) });
    },
    setAgents: async (agents) => {
      await fetch(`${url}/agents`, { method: 'PUT', body: JSON.stringify(agents) });
    },
    kill: async (signal = 'SIGKILL') => {
      child.kill(signal);
      await exited;
    },
  };
}
