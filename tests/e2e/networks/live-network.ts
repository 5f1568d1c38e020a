import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { spawnMastra, type MastraProcess } from '../../servers/mastra-process.ts';
import { freePort } from '../../servers/free-port.ts';
import { startProgram, until, type Program } from '../program.ts';
import { startWire, type Wire } from './wire.ts';
import type { Link, Shape } from './shape.ts';

/** The agent behind the first router of every network. */
export const AGENT = 'far-agent';

/** More than the first retries of a peer that was away take, on a machine that does other things too. */
const SETTLE_WITHIN_MS = 60_000;

interface Listing {
  readonly serverAgents: readonly {
    readonly serverName: string;
    readonly agents: readonly { readonly id: string; readonly route: { asPath: number[]; best: boolean } }[];
  }[];
  readonly summary: { readonly peers: readonly { readonly name: string; readonly state: string }[] };
}

/** What a router sees of the network. */
interface View {
  /** How many routes to the agent it lists, good or bad. */
  readonly routes: number;
  /** The AS path by which it would call the agent, or undefined when it would not. */
  readonly path: readonly number[] | undefined;
  /** The peers that it has a session with. */
  readonly peers: readonly string[];
}

/** A call as a router on the way has logged it. */
interface Carried {
  readonly status: number;
  readonly trace: string;
}

interface Cable {
  readonly link: Link;
  /** Each end's way to the other. */
  readonly wires: readonly [Wire, Wire];
}

/** Real routers on loopback, each a process of the built program, joined by wires that can be cut. */
export class LiveNetwork {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'agent-network-'));
  readonly #shape: Shape;
  readonly #ports: readonly number[];
  readonly #cables: readonly Cable[];
  readonly #routers = new Map<number, Program>();
  /** Every process that there ever was. */
  readonly #pids: number[] = [];
  /** What routers that are gone have logged. */
  readonly #logs: string[][];
  #server: MastraProcess;

  private constructor(shape: Shape, ports: readonly number[], cables: readonly Cable[], server: MastraProcess) {
    this.#shape = shape;
    this.#ports = ports;
    this.#cables = cables;
    this.#server = server;
    this.#logs = shape.asns.map(() => []);
  }

  /** Starts all routers, and a real Mastra server behind the first. */
  static async start(shape: Shape): Promise<LiveNetwork> {
    const ports: number[] = [];
    while (ports.length < shape.asns.length) ports.push(await freePort());
    const portOf = (router: number) => ports[router] ?? 0;
    const cables: Cable[] = [];
    for (const link of shape.links) {
      const [a, b] = link.between;
      cables.push({ link, wires: [await startWire(portOf(b)), await startWire(portOf(a))] });
    }
    const network = new LiveNetwork(shape, ports, cables, await spawnServer(await freePort()));
    await Promise.all(shape.asns.map((_, router) => network.startRouter(router)));
    return network;
  }

  get size(): number {
    return this.#shape.asns.length;
  }

  get links(): readonly Link[] {
    return this.#shape.links;
  }

  async startRouter(router: number): Promise<void> {
    const file = path.join(this.#folder, `${router}.json`);
    writeFileSync(file, JSON.stringify(this.#config(router)));
    const program = await startProgram({ AGENT_PROXY_CONFIG: file, LOG_LEVEL: 'info' });
    this.#routers.set(router, program);
    this.#pids.push(program.pid);
  }

  /** Kills a router as a crash or an operator in a hurry does. */
  async killRouter(router: number): Promise<void> {
    const program = this.router(router);
    this.#routers.delete(router);
    const closed = new Promise<void>((resolve) => (program.client.onclose = resolve));
    process.kill(program.pid, 'SIGKILL');
    await closed;
    this.#logs[router]?.push(program.stderr());
  }

  /** Stops a router in its tracks: its connections stay open, and nothing comes of them. */
  pauseRouter(router: number): Program {
    const program = this.router(router);
    process.kill(program.pid, 'SIGSTOP');
    this.#routers.delete(router);
    return program;
  }

  resumeRouter(router: number, program: Program): void {
    process.kill(program.pid, 'SIGCONT');
    this.#routers.set(router, program);
  }

  async cut(...links: readonly Link[]): Promise<void> {
    await Promise.all(this.#wires(links).map((wire) => wire.cut()));
  }

  async restore(...links: readonly Link[]): Promise<void> {
    await Promise.all(this.#wires(links).map((wire) => wire.restore()));
  }

  killServer(): Promise<void> {
    return this.#server.kill();
  }

  async startServer(): Promise<void> {
    this.#server = await spawnServer(Number(new URL(this.#server.url).port));
  }

  /** How often the agent has run since its server started. */
  async runs(): Promise<number> {
    return (await this.#server.counts())[AGENT]?.calls ?? 0;
  }

  router(router: number): Program {
    const program = this.#routers.get(router);
    if (program === undefined) throw new Error(`router ${router} does not run`);
    return program;
  }

  async view(router: number): Promise<View> {
    const { serverAgents, summary } = await this.router(router).call<Listing>('list-agents', {});
    const routes = serverAgents.flatMap(({ agents }) => agents.map(({ route }) => route));
    return {
      routes: routes.length,
      path: routes.find(({ best }) => best)?.asPath,
      peers: summary.peers.filter(({ state }) => state === 'established').map(({ name }) => name),
    };
  }

  /**
   * Resolves when every running router has sessions over all links that are there, and would call the agent by the shortest
   * way that there is, or lists no route where there is none. `served` tells whether the agent has a server.
   */
  async settled(isCut: (link: Link) => boolean = () => false, served = true): Promise<void> {
    const distances = this.#distances(isCut, served);
    for (const router of this.#routers.keys()) {
      const neighbours = this.#neighbours(router, isCut).map((peer) => `router${peer}`);
      const distance = distances.get(router);
      await until(async () => {
        const { routes, path, peers } = await this.view(router);
        if (neighbours.sort().join() !== [...peers].sort().join()) return false;
        if (distance === undefined) return routes === 0;
        return path !== undefined && (this.#isOneAs || path.length === Math.max(1, distance));
      }, SETTLE_WITHIN_MS);
    }
  }

  /** The calls that a router has carried for others. */
  carried(router: number): Carried[] {
    const logs = [...(this.#logs[router] ?? []), this.#routers.get(router)?.stderr() ?? ''].join('');
    const lines = logs.matchAll(/"event":"call-relayed".*"status":(\d+),.*"trace":"([0-9a-f]{32})"/g);
    return [...lines].map(([, status, trace = '']) => ({ status: Number(status), trace }));
  }

  /** Ends everything; resolves when no process of it is left, nor any that was killed before. */
  async stop(): Promise<void> {
    await Promise.all([...this.#routers.values()].map((program) => program.stop()));
    await Promise.all([this.#server.kill(), this.cut(...this.links)]);
    rmSync(this.#folder, { recursive: true });
    await until(() => !this.#pids.some(isRunning));
  }

  get #isOneAs(): boolean {
    return new Set(this.#shape.asns).size === 1;
  }

  #neighbours(router: number, isCut: (link: Link) => boolean): number[] {
    return this.links.flatMap((link) => {
      const [a, b] = link.between;
      const other = a === router ? b : b === router ? a : undefined;
      return other === undefined || !this.#routers.has(other) || isCut(link) ? [] : [other];
    });
  }

  /** How many links away from the first router each one is that can reach it. */
  #distances(isCut: (link: Link) => boolean, served: boolean): ReadonlyMap<number, number> {
    const distances = new Map<number, number>(served && this.#routers.has(0) ? [[0, 0]] : []);
    for (const [router, distance] of distances) {
      for (const other of this.#neighbours(router, isCut)) {
        if (!distances.has(other)) distances.set(other, distance + 1);
      }
    }
    return distances;
  }

  #wires(links: readonly Link[]): Wire[] {
    return this.#cables.filter(({ link }) => links.includes(link)).flatMap(({ wires }) => wires);
  }

  #config(router: number): object {
    const { holdTimeSeconds } = this.#shape;
    const peers = this.#cables.flatMap(({ link: { between, client }, wires }) => {
      const end = between.indexOf(router);
      const [peer, wire] = end === 0 ? [between[1], wires[0]] : [between[0], wires[1]];
      if (end === -1) return [];
      const asn = this.#shape.asns[peer];
      const key = `the key of ${between.join(' and ')}`;
      return [
        {
          asn,
          name: `router${peer}`,
          url: wire.url,
          holdTimeSeconds,
          ...(this.#isOneAs && { key }),
          ...(client === true && end === 0 && { client }),
        },
      ];
    });
    return {
      asn: this.#shape.asns[router],
      routerId: `10.0.0.${router + 1}`,
      listen: `127.0.0.1:${this.#ports[router]}`,
      peers,
      servers: router === 0 ? [{ url: this.#server.url }] : [],
      discovery: { intervalMs: 200, retries: 0 },
    };
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function spawnServer(port: number): Promise<MastraProcess> {
  return spawnMastra({ agents: [{ id: AGENT, capabilities: ['far/away'] }], port });
}
