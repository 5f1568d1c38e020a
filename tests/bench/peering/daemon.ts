import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pass } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../../servers/free-port.ts';
import { BgpProbe } from './bgp-probe.ts';
import { FIRST_ASN, type BenchNetwork, type BenchPlan, type Contender } from './contender.ts';

const UP_WITHIN_MS = 60_000;
const run = promisify(execFile);

/** One router of a plan, as a daemon's configuration needs it. */
export interface DaemonRouter {
  readonly asn: number;
  readonly address: string;
  readonly port: number;
  /** Where the daemon may be asked for its state. */
  readonly controlPort: number;
  readonly folder: string;
  readonly peers: readonly { readonly asn: number; readonly address: string; readonly passive: boolean }[];
}

/** A session as a daemon tells of it. */
export interface DaemonSession {
  readonly peer: string;
  readonly isUp: boolean;
  readonly updatesSent: number;
}

/** A routing daemon of the distribution, and how it is configured so that it is as fast as it can be. */
export interface Daemon {
  readonly name: string;
  readonly program: string;
  readonly config: (router: DaemonRouter) => string;
  readonly args: (router: DaemonRouter, configFile: string) => readonly string[];
  /** The command that tells of sessions, and what its output says. */
  readonly status: (router: DaemonRouter) => readonly [string, ...string[]];
  readonly sessions: (output: string) => readonly DaemonSession[];
}

/** The daemon as a contender, or undefined where it is not installed. */
export async function contenderOf(daemon: Daemon): Promise<Contender | undefined> {
  const version = await run(daemon.program, ['--version']).catch(() => undefined);
  if (version === undefined) return undefined;
  const [number = ''] = /\d+\.\d+[.\d]*/.exec(version.stdout + version.stderr) ?? [];
  return { name: `${daemon.name} ${number}`, start: (plan) => DaemonNetwork.start(daemon, plan) };
}

/** Daemons on loopback addresses of their own. */
class DaemonNetwork implements BenchNetwork {
  readonly #daemon: Daemon;
  readonly #folder: string;
  readonly #routers: readonly DaemonRouter[];
  readonly #processes: readonly ChildProcess[];

  private constructor(daemon: Daemon, folder: string, routers: readonly DaemonRouter[]) {
    this.#daemon = daemon;
    this.#folder = folder;
    this.#routers = routers;
    this.#processes = routers.map((router) => {
      mkdirSync(router.folder);
      const file = path.join(router.folder, 'daemon.conf');
      writeFileSync(file, daemon.config(router));
      return spawn(daemon.program, daemon.args(router, file), { stdio: 'ignore' });
    });
  }

  static async start(daemon: Daemon, plan: BenchPlan): Promise<DaemonNetwork> {
    const folder = mkdtempSync(path.join(tmpdir(), 'bgp-bench-'));
    const [port, controlPort] = [await freePort(), await freePort()];
    const routers = Array.from({ length: plan.routers }, (_, at): DaemonRouter => {
      const neighbours = plan.links.filter((link) => link.includes(at)).map(([a, b]) => (a === at ? b : a));
      const peers = [
        // Of two routers one dials: two connections at once cost some daemons half a minute.
        ...neighbours.map((peer) => ({ asn: FIRST_ASN + peer, address: routerAddress(peer), passive: peer < at })),
        ...plan.probes(at).map((asn) => ({ asn, address: probeAddress(asn), passive: true })),
      ];
      const own = { asn: FIRST_ASN + at, address: routerAddress(at), folder: path.join(folder, String(at)) };
      return { ...own, port, controlPort, peers };
    });
    const network = new DaemonNetwork(daemon, folder, routers);
    try {
      await network.#up(plan.links.length);
    } catch (error) {
      await network.stop();
      throw error;
    }
    return network;
  }

  probe(asn: number, router: number): Promise<BgpProbe> {
    const port = this.#routers[router]?.port ?? 0;
    return BgpProbe.connect(asn, probeAddress(asn), { host: routerAddress(router), port });
  }

  async updates(): Promise<number> {
    return (await this.#between()).reduce((sum, { updatesSent }) => sum + updatesSent, 0);
  }

  async residentMb(router: number): Promise<number> {
    const status = await readFile(`/proc/${this.#processes[router]?.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1_024;
  }

  async stop(): Promise<void> {
    const running = this.#processes.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
    const gone = running.map((process) => once(process, 'exit'));
    for (const process of running) process.kill('SIGKILL');
    await Promise.all(gone);
    rmSync(this.#folder, { recursive: true });
  }

  async #up(links: number): Promise<void> {
    const deadline = performance.now() + UP_WITHIN_MS;
    while ((await this.#between()).filter(({ isUp }) => isUp).length < 2 * links) {
      if (performance.now() > deadline) throw new Error(`${this.#daemon.name}: its sessions do not come up`);
      await pass(100);
    }
  }

  /** The sessions of the routers with one another. */
  async #between(): Promise<DaemonSession[]> {
    const addresses = new Set(this.#routers.map(({ address }) => address));
    const told = this.#routers.map(async (router) => {
      const [command, ...args] = this.#daemon.status(router);
      const { stdout } = await run(command, args, { maxBuffer: 1e8 }).catch(() => ({ stdout: '' }));
      return stdout === '' ? [] : this.#daemon.sessions(stdout);
    });
    return (await Promise.all(told)).flat().filter(({ peer }) => addresses.has(peer));
  }
}

function routerAddress(router: number): string {
  return `127.0.1.${router + 1}`;
}

function probeAddress(asn: number): string {
  return `127.0.9.${asn - 64_500 + 1}`;
}
