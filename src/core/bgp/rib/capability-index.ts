import { coversCapability } from '../policy/match.ts';
import type { Nlri } from '../packet/nlri.ts';
import type { Route } from './route.ts';

const NONE: ReadonlySet<Nlri> = new Set();

/** The agents of one Adj-RIB-In by the capabilities that they were received with (RFC 4271 §3.2). */
export class CapabilityIndex {
  readonly #agents = new Map<string, Set<Nlri>>();

  /** Returns the agents that name exactly this capability path, in the order of their arrival. */
  agentsWith(path: string): ReadonlySet<Nlri> {
    return this.#agents.get(path) ?? NONE;
  }

  /** Yields the agents that name this capability path or a longer one below it; some may come more than once. */
  *agentsBelow(path: string): Generator<Nlri> {
    for (const [named, agents] of this.#agents) if (coversCapability(path, named)) yield* agents;
  }

  add({ nlri, received }: Route): void {
    for (const path of received.capabilities) {
      const agents = this.#agents.get(path);
      if (agents === undefined) this.#agents.set(path, new Set([nlri]));
      else agents.add(nlri);
    }
  }

  remove({ nlri, received }: Route): void {
    for (const path of received.capabilities) {
      const agents = this.#agents.get(path);
      agents?.delete(nlri);
      if (agents?.size === 0) this.#agents.delete(path);
    }
  }
}
