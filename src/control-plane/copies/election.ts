import { setTimeout as elapsed } from 'node:timers/promises';
import type { Joining, Membership } from './membership.ts';

/** What a copy is among the others of its user. */
export type Role =
  | { readonly type: 'undecided' }
  /** Has the port, and the sessions with all peers. */
  | { readonly type: 'owner' }
  /** Learns from the owner and forwards through it. */
  | { readonly type: 'follower'; readonly membership: Membership }
  | { readonly type: 'alone'; readonly reason: string };

/** The means by which copies decide. */
export interface Ballot {
  /** Returns true if the port could be had, and false if another program has it; rejects for any other reason. */
  readonly takePort: () => Promise<boolean>;
  readonly join: () => Promise<Joining>;
  /** Called with every change. */
  readonly became: (role: Role) => void;
}

/** How long nobody at the meeting point may mean that an owner is coming or going. */
const PATIENCE_MS = 3_000;

/** How long to wait before the next look while the owner comes or goes; the first wait is the longest of all copies'. */
const QUICK_MS = 20;

/** How often a copy that is alone looks whether that has changed. */
const SLOW_MS = 5_000;

/**
 * Decides who of several copies is the router. The port is the ballot: the kernel gives it to one of them and takes it
 * back when that one dies, however it dies. Who has it is never believed to be one of us: that is shown at the meeting
 * point.
 */
export class Election {
  readonly #stopped = new AbortController();
  #role: Role = { type: 'undecided' };
  #running: Promise<void> | undefined;

  get role(): Role {
    return this.#role;
  }

  /** Begins, once. */
  start(ballot: Ballot): void {
    this.#running ??= this.#run(ballot);
  }

  /** Resolves when nothing is under way any more; the port stays with who has it. */
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

/** A copy that is still alone for the same reason has become nothing new. */
function isSame(before: Role, after: Role): boolean {
  return before.type === 'alone' && after.type === 'alone' && before.reason === after.reason;
}

/** Returns what this copy is now, or undefined while that shows only in a moment. */
async function next({ takePort, join }: Ballot, patientUntil: number): Promise<Role | undefined> {
  try {
    if (await takePort()) return { type: 'owner' };
    const joining = await join();
    if (joining.type === 'joined') return { type: 'follower', membership: joining.membership };
    if (joining.type === 'refused') return { type: 'alone', reason: joining.reason };
    if (performance.now() < patientUntil) return undefined;
    return { type: 'alone', reason: 'a program that is no copy of this one has the port' };
  } catch (error) {
    return { type: 'alone', reason: error instanceof Error ? error.message : String(error) };
  }
}
