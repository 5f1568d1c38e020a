import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pass } from 'node:timers/promises';
import { freePort } from '../../servers/free-port.ts';
import { startWire, type Wire } from '../../e2e/networks/wire.ts';
import { startProgram, type Program } from '../../e2e/program.ts';
import { spawnMastra, type MastraProcess } from '../../servers/mastra-process.ts';
import type { ScriptedAgent } from '../../servers/mastra-server.ts';
import { liveMemory, type Memory } from './live-memory.ts';
import { tableOf, type Table } from './table.ts';

export const ROUTERS = 5;
export const FIRST_ASN = 64_600;
const SETTLE_WITHIN_MS = 60_000;

interface Router {
  readonly program: Program;
  readonly inspector: number;
}

/** A ring of routers, each with a real Mastra server of its own, whose links are wires that can be cut. */
export class SoakNetwork {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'agent-soak-'));
  /** Every process that there ever was. */
  readonly #pids: number[] = [];
  readonly #ports: number[] = [];
  /** The ways from each router to the next and back. */
  readonly #cables: (readonly [Wire, Wire])[] = [];
  readonly #servers: MastraProcess[] = [];
  /** What each server has to offer, also while it is down. */
  readonly #agents: (readonly ScriptedAgent[])[] = [];
  #routers: Router[] = [];

  static async start(agents: (router: number) => readonly ScriptedAgent[]): Promise<SoakNetwork> {
    const network = new SoakNetwork();
    const all = Array.from({ length: ROUTERS }, (_, at) => at);
    while (network.#ports.length < ROUTERS) network.#ports.push(await freePort());
    for (const at of all) {
      network.#agents.push(agents(at));
      network.#cables.push([await startWire(network.#port(at + 1)), await startWire(network.#port(at))]);
      await network.startServer(at);
    }
    await network.startRouters();
    return network;
  }

  /** The processes of the routers. */
  get programs(): readonly Program[] {
    return this.#routers.map(({ program }) => program);
  }

  async startRouters(): Promise<void> {
    this.#routers = await Promise.all(this.#ports.map((_, at) => this.#startRouter(at)));
  }

  /** Ends the routers as their clients do; resolves when their processes are gone. */
  async stopRouters(): Promise<void> {
    await Promise.all(this.programs.map((program) => program.stop()));
    await this.#gone(this.programs.map(({ pid }) => pid));
    this.#routers = [];
  }

  agentsOf(server: number): readonly ScriptedAgent[] {
    return this.#agents[server] ?? [];
  }

  async setAgents(server: number, agents: readonly ScriptedAgent[]): Promise<void> {
    this.#agents[server] = agents;
    await this.#servers[server]?.setAgents(agents);
  }

  async startServer(at: number): Promise<void> {
    const before = this.#servers[at];
    const port = before === undefined ? 0 : Number(new URL(before.url).port);
    const server = await spawnMastra({ agents: this.agentsOf(at), port });
    this.#servers[at] = server;
    this.#pids.push(server.pid);
    // What was asked of it while it started.
    await server.setAgents(this.agentsOf(at));
  }

  async killServer(at: number): Promise<void> {
    await this.#servers[at]?.kill();
  }

  async cut(link: number): Promise<void> {
    await Promise.all((this.#cables[link] ?? []).map((wire) => wire.cut()));
  }

  async restore(link: number): Promise<void> {
    await Promise.all((this.#cables[link] ?? []).map((wire) => wire.restore()));
  }

  /** What each router holds in memory once its garbage is collected. */
  memory(): Promise<Memory[]> {
    return Promise.all(this.#routers.map(({ program, inspector }) => liveMemory(program.pid, inspector)));
  }

  /** Each router's table, once all have the agents that there are and their tables no longer change. */
  async tables(): Promise<Table[]> {
    const deadline = performance.now() + SETTLE_WITHIN_MS;
    const there = new Set(
      this.#agents.flat().flatMap(({ id, capabilities = [] }) => [id, ...capabilities.map((one) => `~${one}`)]),
    );
    const wanted = [...there].sort().join();
    let last = '';
    for (;;) {
      const tables = await Promise.all(this.#ports.map((port) => tableOf(`http://127.0.0.1:${port}`)));
      const shown = JSON.stringify(tables);
      const complete = tables.every((table) => [...Object.keys(table)].sort().join() === wanted);
      if (complete && shown === last && (await this.#isUp())) return tables;
      if (performance.now() > deadline) {
        const lacking = tables.map((table, at) => `router ${at}: ${difference(there, new Set(Object.keys(table)))}`);
        throw new Error(`The routers did not settle.\n${lacking.join('\n')}`);
      }
      last = shown;
      await pass(300);
    }
  }

  /** Ends everything; resolves when no process of it is left. */
  async stop(): Promise<void> {
    await this.stopRouters();
    await Promise.all([
      ...this.#servers.map((server) => server.kill()),
      ...this.#cables.flat().map((wire) => wire.cut()),
    ]);
    rmSync(this.#folder, { recursive: true });
    await this.#gone(this.#pids);
  }

  #port(router: number): number {
    return this.#ports[router % ROUTERS] ?? 0;
  }

  async #isUp(): Promise<boolean> {
    const peers = await Promise.all(
      this.#ports.map(async (port) => {
        const response = await fetch(`http://127.0.0.1:${port}/bgp/peers`);
        return (await response.json()) as { status: string }[];
      }),
    );
    return peers.flat().every(({ status }) => status === 'established');
  }

  async #startRouter(at: number): Promise<Router> {
    const inspector = await freePort();
    const file = path.join(this.#folder, `${at}.json`);
    writeFileSync(file, JSON.stringify(this.#config(at)));
    const program = await startProgram({
      AGENT_PROXY_CONFIG: file,
      HOME: this.#folder,
      LOG_LEVEL: 'error',
      NODE_OPTIONS: `--inspect=127.0.0.1:${inspector}`,
    });
    this.#pids.push(program.pid);
    return { program, inspector };
  }

  #config(at: number): object {
    const before = (at + ROUTERS - 1) % ROUTERS;
    const peer = (router: number, link: number, way: 0 | 1) => ({
      asn: FIRST_ASN + router,
      name: `router${router}`,
      url: this.#cables[link]?.[way].url,
      key: `the key of link ${link}`,
      holdTimeSeconds: 9,
    });
    return {
      asn: FIRST_ASN + at,
      routerId: `10.0.0.${at + 1}`,
      listen: `127.0.0.1:${this.#ports[at]}`,
      peers: [peer((at + 1) % ROUTERS, at, 0), peer(before, before, 1)],
      servers: [{ url: this.#servers[at]?.url }],
      ...(at === ROUTERS - 1 && { policy: this.#policy() }),
      discovery: { intervalMs: 400, retries: 0, timeoutMs: 5_000 },
    };
  }

  /** The last router is as far from both servers of one name: it takes the longer way to one, lest their age decide. */
  #policy(): string {
    const file = path.join(this.#folder, 'policy.json');
    const longer = { action: 'modify', prependCount: 1 };
    writeFileSync(file, JSON.stringify({ import: [{ match: { peers: [FIRST_ASN + 3] }, action: longer }] }));
    return file;
  }

  async #gone(pids: readonly number[]): Promise<void> {
    const deadline = performance.now() + 10_000;
    while (pids.some(isRunning)) {
      if (performance.now() > deadline)
        throw new Error(`Processes are left over: ${pids.filter(isRunning).join(', ')}`);
      await pass(20);
    }
  }
}

function difference(wanted: ReadonlySet<string>, found: ReadonlySet<string>): string {
  const lacks = [...wanted].filter((id) => !found.has(id));
  const ghosts = [...found].filter((id) => !wanted.has(id));
  return `lacks [${lacks.join(', ')}], has too many [${ghosts.join(', ')}]`;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
