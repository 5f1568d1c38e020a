import { setTimeout as pass } from 'node:timers/promises';
import type { ScriptedAgent } from '../../servers/mastra-server.ts';
import type { Random } from '../../../src/core/simulator/random.ts';
import { ROUTERS, type SoakNetwork } from './soak-network.ts';

const GUESTS = 4;
/** Longer than routers take to look at their servers again. */
const SEEN_MS = 500;
/** The servers that have an agent of the same name. */
const SHARING = [1, 2];

/** How often what was done to the network. */
export interface Done {
  agents: number;
  flaps: number;
  cuts: number;
  kills: number;
}

/** Changes a network at random: agents come and go, links are cut, and servers killed, for a while each. */
export class Churn {
  readonly done: Done = { agents: 0, flaps: 0, cuts: 0, kills: 0 };
  readonly #network: SoakNetwork;
  readonly #random: Random;
  /** What is broken, by name: how to mend it, and when. */
  readonly #broken = new Map<string, { readonly at: number; readonly mend: () => Promise<void> }>();
  #newcomers = 0;

  constructor(network: SoakNetwork, random: Random) {
    this.#network = network;
    this.#random = random;
  }

  /** Goes on until the time, and leaves everything whole. */
  async until(time: number): Promise<void> {
    while (performance.now() < time) {
      await this.#mend((at) => at <= performance.now());
      await this.#strike();
      await pass(this.#random.between(50, 400));
    }
    await this.#mend(() => true);
  }

  async #mend(isDue: (at: number) => boolean): Promise<void> {
    for (const [name, { at, mend }] of this.#broken) {
      if (!isDue(at)) continue;
      this.#broken.delete(name);
      await mend();
    }
  }

  async #strike(): Promise<void> {
    const which = this.#random.below(100);
    const at = this.#random.below(ROUTERS);
    if (which < 75) await this.#changeAgents(at);
    else if (which < 80) await this.#flap(at);
    else if (which < 94) await this.#cut(at);
    else await this.#kill(at);
  }

  async #changeAgents(server: number): Promise<void> {
    const guests = Array.from({ length: GUESTS }, (_, at) => `guest-${server}-${at}`);
    const names = guests.filter(() => this.#random.below(2) === 0);
    if (this.#random.below(2) === 0) names.push(`newcomer-${server}-${this.#newcomers++}`);
    const visiting = names.map((id) => guest(id, server, this.#random.below(3)));
    await this.#set(server, [...residents(server), ...visiting]);
    this.done.agents++;
  }

  async #flap(server: number): Promise<void> {
    const flapping = guest(`guest-${server}-0`, server, 0);
    for (let change = 0; change < 6; change++) {
      await this.#set(server, [...residents(server), ...(change % 2 === 0 ? [flapping] : [])]);
      await pass(SEEN_MS);
    }
    this.done.flaps++;
  }

  async #set(server: number, agents: readonly ScriptedAgent[]): Promise<void> {
    if (!this.#broken.has(`server ${server}`)) await this.#network.setAgents(server, agents);
  }

  async #cut(link: number): Promise<void> {
    await this.#break(`link ${link}`, [100, 4_000], {
      harm: () => this.#network.cut(link),
      mend: () => this.#network.restore(link),
    });
    this.done.cuts++;
  }

  async #kill(server: number): Promise<void> {
    await this.#break(`server ${server}`, [100, 3_000], {
      harm: () => this.#network.killServer(server),
      mend: () => this.#network.startServer(server),
    });
    this.done.kills++;
  }

  async #break(
    name: string,
    [least, most]: readonly [number, number],
    { harm, mend }: { readonly harm: () => Promise<void>; readonly mend: () => Promise<void> },
  ): Promise<void> {
    if (this.#broken.has(name)) return;
    this.#broken.set(name, { at: performance.now() + this.#random.between(least, most), mend });
    await harm();
  }
}

/** The agents that a server always has. */
export function residents(server: number): ScriptedAgent[] {
  return [
    { id: `steady-${server}`, capabilities: [`team/${server}`] },
    ...(SHARING.includes(server)
      ? [{ id: 'shared', capabilities: ['common'], description: `The one of ${server}` }]
      : []),
  ];
}

/** Every capability of a guest stands alone: then it does not matter whose it is where several have the same. */
function guest(id: string, server: number, look: number): ScriptedAgent {
  return { id, description: `Looks like ${look}`, capabilities: [`looks/${server}/${look}`] };
}
