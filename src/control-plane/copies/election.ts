import { setTimeout as elapsed } from 'node:timers/promises';
import type { Joining, Membership } from './membership.ts';

/** Role of a copy among the copies of its user. */
export type Role =
  | { readonly type: 'undecided' }
  /** Owns the port and the sessions with all peers. */
  | { readonly type: 'owner' }
  /** Learns routes from the owner and forwards calls through it. */
  | { readonly type: 'follower'; readonly membership: Membership }
  | { readonly type: 'alone'; readonly reason: string };

/** Actions of a copy in an election. */
export interface Ballot {
  /**
   * Resolves with true if this copy gets the port, with false if another program has it. Rejects for any other reason.
   */
  readonly takePort: () => Promise<boolean>;
  readonly join: () => Promise<Joining>;
  /** Called with every new role. */
  readonly became: (role: Role) => void;
}

/** Time for which an empty socket may mean that an owner is starting or stopping. */
const PATIENCE_MS = 3_000;

/** Mean delay between checks while an owner may be starting or stopping. Jitter is up to half of it. */
const QUICK_MS = 20;

/** Delay between checks of a copy that runs alone. */
const SLOW_MS = 5_000;

/**
 * Decides which of several copies is the router. The kernel gives the port to one copy and frees it when that copy
 * ends. The port alone does not prove that its owner is a copy of this user; the introduction at the socket does.
 */
export class Election {
  readonly #stopped = new AbortController();
  #role: Role = { type: 'undecided' };
  #running: Promise<void> | undefined;

  get role(): Role {
    return this.#role;
  }

  /** Starts the election. Later calls have no effect. */
  start(ballot: Ballot): void {
    this.#running ??= this.#run(ballot);
  }

  /** Stops the election and leaves the owner. The port stays with its owner. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    if (this.#role.type === 'follower') this.#role.membership.leave();
    await this.#running;
  }

  async #run(ballot: Ballot): Promise<void> {
    let patientUntil = performance.now() + PATIENCE_MS;
    while (!this.#isStopped()) {
      const role = await next(ballot, patientUntil);
      if (role !== undefined) this.#become(role, ballot);
      if (role?.type === 'owner') return;
      if (role?.type === 'follower') {
        if (this.#isStopped()) role.membership.leave();
        await role.membership.lost;
        patientUntil = performance.now() + PATIENCE_MS;
        this.#become({ type: 'undecided' }, ballot);
      } else await this.#pause(role === undefined ? QUICK_MS * (0.5 + Math.random()) : SLOW_MS);
    }
  }

  #become(role: Role, { became }: Ballot): void {
    const before = this.#role;
    if (this.#isStopped() || isSame(before, role)) return;
    this.#role = role;
    became(role);
  }

  #isStopped(): boolean {
    return this.#stopped.signal.aborted;
  }

  async #pause(ms: number): Promise<void> {
    await elapsed(ms, undefined, { signal: this.#stopped.signal, ref: false }).catch(() => undefined);
  }
}

/** Returns true if both roles are `alone` for the same reason. */
function isSame(before: Role, after: Role): boolean {
  return before.type === 'alone' && after.type === 'alone' && before.reason === after.reason;
}

/** Returns the present role of this copy, or undefined while an owner may be starting or stopping. */
async function next({ takePort, join }: Ballot, patientUntil: number): Promise<Role | undefined> {
  try {
    if (await takePort()) return { type: 'owner' };
    const joining = await join();
    if (joining.type === 'joined') return { type: 'follower', membership: joining.membership };
    if (joining.type === 'refused') return { type: 'alone', reason: joining.reason };
    if (performance.now() < patientUntil) return undefined;
    return { type: 'alone', reason: 'a program that is not a copy of this one has the port' };
  } catch (error) {
    return { type: 'alone', reason: error instanceof Error ? error.message : String(error) };
  }
}
