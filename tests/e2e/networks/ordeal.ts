import { expect } from 'vitest';
import { until } from '../program.ts';
import type { LiveNetwork } from './live-network.ts';
import { Load } from './load.ts';
import type { Link } from './shape.ts';

/** What a caller may be told while the way to the agent is being lost or found. */
const CLEAR_CODES = ['AGENT_NOT_FOUND', 'SERVER_UNAVAILABLE', 'AGENT_ERROR', 'TIMEOUT'];

/** The status with which a router refuses a call that was there before. */
const LOOP = 508;

/** Takes a network through faults under load, and holds every call to what it may and may not do. */
export class Ordeal {
  readonly network: LiveNetwork;
  readonly #caller: number;
  readonly #load: Load;
  /** How often the agent had run before. */
  readonly #runs: number;
  #failed = 0;

  private constructor(network: LiveNetwork, caller: number, runs: number) {
    this.network = network;
    this.#runs = runs;
    this.#caller = caller;
    this.#load = new Load(network, caller);
  }

  static async begin(network: LiveNetwork, caller: number): Promise<Ordeal> {
    await network.settled();
    const ordeal = new Ordeal(network, caller, await network.runs());
    await ordeal.calls(3);
    return ordeal;
  }

  /** Cuts links at once, waits until the network has settled, and restores them. */
  async cutting(...links: readonly Link[]): Promise<void> {
    await this.#fault(
      () => this.network.cut(...links),
      () => this.network.restore(...links),
      (link) => links.includes(link),
    );
  }

  /** Kills routers at once, waits until the network has settled, and starts them again. */
  async killing(...routers: readonly number[]): Promise<void> {
    await this.#fault(
      () => Promise.all(routers.map((router) => this.network.killRouter(router))),
      () => Promise.all(routers.map((router) => this.network.startRouter(router))),
    );
  }

  /** Kills the agent's server, waits until no router knows of the agent, and starts it again. */
  async losingServer(): Promise<void> {
    await this.#fault(
      () => this.network.killServer(),
      () => this.network.startServer(),
      undefined,
      false,
    );
  }

  /** Waits for that many more answers or failures. */
  async calls(count: number): Promise<void> {
    const { outcomes } = this.#load;
    const enough = outcomes.length + count;
    await until(() => outcomes.length >= enough);
  }

  /** Ends the load; nothing may have been answered wrongly, asked twice of the agent, or been at a router twice. */
  async end(): Promise<{ readonly calls: number; readonly failed: number }> {
    await this.#load.stop();
    const { outcomes } = this.#load;
    expect(outcomes.filter(({ code, right }) => code === undefined && !right)).toEqual([]);
    expect(await this.network.runs()).toBeLessThanOrEqual(this.#runs + outcomes.length);
    for (let router = 0; router < this.network.size; router++) {
      const carried = this.network.carried(router);
      expect(carried.filter(({ status }) => status === LOOP)).toEqual([]);
      const traces = carried.filter(({ status }) => status === 200).map(({ trace }) => trace);
      expect(new Set(traces).size).toBe(traces.length);
    }
    expect(this.network.carried(0).length).toBeGreaterThan(0);
    return { calls: outcomes.length, failed: this.#failed };
  }

  async #fault(
    strike: () => Promise<unknown>,
    mend: () => Promise<unknown>,
    isCut: (link: Link) => boolean = () => false,
    served = true,
  ): Promise<void> {
    const before = performance.now();
    await strike();
    await this.network.settled(isCut, served);
    const isServed = (await this.network.view(this.#caller)).path !== undefined;
    const settled = performance.now();
    await this.calls(2);
    const failedSettled = this.#load.failuresSince(settled);
    if (isServed) expect(failedSettled).toEqual([]);
    else expect(new Set(failedSettled.map(({ code }) => code))).toEqual(new Set(['AGENT_NOT_FOUND']));
    await mend();
    await this.network.settled();
    const mended = performance.now();
    await this.calls(2);
    expect(this.#load.failuresSince(mended)).toEqual([]);
    const failed = this.#load.failuresSince(before);
    for (const { code } of failed) expect(CLEAR_CODES).toContain(code);
    this.#failed += failed.length;
  }
}
