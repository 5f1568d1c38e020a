import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pass } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../servers/free-port.ts';
import { startProgram, type Program } from '../e2e/program.ts';
import { spawnCanned } from './calls.ts';
import { residentMb } from './memory.ts';
import { median, quantile, type Bench, type Row } from './row.ts';

const MESSAGES = [{ role: 'user', content: 'Say two words.' }];
const ATTACKER = { asn: 65_102, file: fileURLToPath(new URL('attacks/attacker.ts', import.meta.url)) };
const FLOODS = {
  none: 'no attack',
  sets: 'unique attribute sets of 16 kB',
  junk: 'messages of 8 MiB that are junk',
  routes: 'UPDATEs of 10,000 routes under 16 kB',
} as const;
const SECONDS = 20;
const PAUSE_MS = 5;

/** Own calls, and the memory of the router, while a peer with default settings attacks from a process of its own. */
export const attacks: Bench = async (note) => {
  const server = await spawnCanned();
  try {
    const rows: Row[] = [];
    for (const [flood, what] of Object.entries(FLOODS)) {
      note(`attacks: ${what}`);
      rows.push(...(await measure(flood, what, server.url)));
    }
    return rows;
  } finally {
    await server.kill();
  }
};

async function measure(flood: string, what: string, servers: string): Promise<Row[]> {
  const home = mkdtempSync(path.join(tmpdir(), 'attacks-'));
  const config = path.join(home, 'router.json');
  const port = await freePort();
  writeFileSync(config, JSON.stringify({ peers: [{ asn: ATTACKER.asn, url: 'http://127.0.0.1:9', passive: true }] }));
  const listen = { BGP_ASN: '65101', BGP_LISTEN: `127.0.0.1:${port}`, AGENT_PROXY_CONFIG: config };
  const program = await startProgram({ ...listen, MASTRA_SERVERS: servers, HOME: home, XDG_RUNTIME_DIR: home });
  try {
    await callsOf(program, 1);
    const end = flood === 'none' ? () => Promise.resolve() : attack(flood, `http://127.0.0.1:${port}`);
    const { ms, mostMb } = await callsOf(program, SECONDS);
    await end();
    const isAttack = flood !== 'none';
    return [
      { what: `${what}: own calls, p50`, ours: median(ms), unit: 'ms' },
      { what: `${what}: own calls, p99`, ours: quantile(ms, 0.99), unit: 'ms', ...(isAttack && { atMost: 250 }) },
      { what: `${what}: own calls, slowest`, ours: Math.max(...ms), unit: 'ms' },
      { what: `${what}: most memory`, ours: mostMb, unit: 'MB', ...(isAttack && { atMost: 400 }) },
    ];
  } finally {
    await program.stop();
    rmSync(home, { recursive: true });
  }
}

/** Calls one after the other for so many seconds: how long each took, and the most memory of the router meanwhile. */
async function callsOf(program: Program, seconds: number): Promise<{ ms: number[]; mostMb: number }> {
  const ms: number[] = [];
  let mostMb = 0;
  for (const until = performance.now() + seconds * 1_000; performance.now() < until;) {
    const started = performance.now();
    await program.call('agent-proxy', { targetAgentId: 'canned', messages: MESSAGES });
    ms.push(performance.now() - started);
    mostMb = Math.max(mostMb, await residentMb(program.pid));
    await pass(PAUSE_MS);
  }
  return { ms, mostMb };
}

/** Begins to attack; gives back what ends it. */
function attack(flood: string, url: string): () => Promise<void> {
  const child = spawn(process.execPath, [ATTACKER.file, flood, url, String(ATTACKER.asn)], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  return async () => {
    child.kill();
    await ended;
  };
}
