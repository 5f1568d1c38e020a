import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pass } from 'node:timers/promises';
import { freePort } from '../../servers/free-port.ts';
import { startProgram, type Program } from '../../e2e/program.ts';
import { FIRST_ASN, type BenchNetwork, type BenchPlan, type Contender } from './contender.ts';

import { ProbePeer } from './probe-peer.ts';

/** Where a probe says that it is, which nobody ever calls. */
const NOWHERE = 'http://127.0.0.1:9';

/** The built program as a router on loopback. */
interface BenchRouter {
  readonly asn: number;
  readonly url: string;
  readonly program: Program;
}

/** What all others are measured against. */
export const ours: Contender = { name: 'ours', start: (plan) => OurNetwork.start(plan) };

/** Started routers with all their sessions up. */
class OurNetwork implements BenchNetwork {
  readonly #routers: readonly BenchRouter[];
  readonly #folder: string;

  private constructor(routers: readonly BenchRouter[], folder: string) {
    this.#routers = routers;
    this.#folder = folder;
  }

  static async start({ routers, links, probes }: BenchPlan): Promise<OurNetwork> {
    const folder = mkdtempSync(path.join(tmpdir(), 'agent-bench-'));
    const ports: number[] = [];
    while (ports.length < routers) ports.push(await freePort());
    const urls = ports.map((port) => `http://127.0.0.1:${port}`);
    const started = urls.map(async (url, router): Promise<BenchRouter> => {
      const asn = FIRST_ASN + router;
      const neighbours = links.filter((link) => link.includes(router)).map(([a, b]) => (a === router ? b : a));
      const peers = [
        ...neighbours.map((peer) => ({ asn: FIRST_ASN + peer, name: `router${peer}`, url: urls[peer] })),
        ...probes(router).map((probe) => ({ asn: probe, name: `probe${probe}`, url: NOWHERE, passive: true })),
      ].map((peer) => ({ ...peer, maxRoutes: 1_000_000 }));
      const file = path.join(folder, `${router}.json`);
      const routerId = `10.0.0.${router + 1}`;
      writeFileSync(file, JSON.stringify({ asn, routerId, listen: `127.0.0.1:${ports[router]}`, peers, servers: [] }));
      return { asn, url, program: await startProgram({ AGENT_PROXY_CONFIG: file }) };
    });
    const network = new OurNetwork(await Promise.all(started), folder);
    for (const [router] of network.#routers.entries()) await network.#up(router);
    return network;
  }

  probe(asn: number, router: number): Promise<ProbePeer> {
    return ProbePeer.connect(asn, this.#router(router).url);
  }

  async residentMb(router: number): Promise<number> {
    const status = await readFile(`/proc/${this.#router(router).program.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1_024;
  }

  async updates(): Promise<number> {
    const shown = await Promise.all(this.#routers.map(peersOf));
    return shown
      .flat()
      .filter(({ name }) => name.startsWith('router'))
      .reduce((sum, { messages }) => sum + messages.sent.update, 0);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#routers.map(({ program }) => program.stop()));
    rmSync(this.#folder, { recursive: true });
  }

  #router(at: number): BenchRouter {
    const router = this.#routers[at];
    if (router === undefined) throw new Error(`there is no router ${at}`);
    return router;
  }

  async #up(at: number): Promise<void> {
    const isUp = ({ name, status }: ShownPeer) => !name.startsWith('router') || status === 'established';
    while (!(await peersOf(this.#router(at))).every(isUp)) await pass(20);
  }
}

interface ShownPeer {
  readonly name: string;
  readonly status: string;
  readonly messages: { readonly sent: { readonly update: number } };
}

async function peersOf({ url }: BenchRouter): Promise<readonly ShownPeer[]> {
  const response = await fetch(`${url}/bgp/peers`).catch(() => undefined);
  // Not listening yet is like a peer that is not up.
  if (response === undefined) return [{ name: 'router', status: 'away', messages: { sent: { update: 0 } } }];
  return (await response.json()) as ShownPeer[];
}
