import { Failure } from '../../base/failure/failure.ts';
import { BreakerOpen } from './breaker-open.ts';
import type { Hop } from './hop.ts';
import { hopOutcome, type HopOutcome } from './hop-outcome.ts';
import type { HopEntry, NextHopHealth, NextHopLoads, NextHopSlots } from './next-hop-state.ts';
import type { NextHops, Relay } from './ports.ts';
import { ProbeAwaited } from './probe-awaited.ts';

/** Retry time for a next hop with no known response time. */
const RETRY_AFTER_MS = 1_000;

export interface HopGateOptions {
  readonly health: NextHopHealth;
  readonly loads: NextHopLoads;
  readonly slots: NextHopSlots;
  /** Called with each next hop that was unreachable and cannot have received any of the call. */
  readonly onUnreached: (nextHop: string) => void;
}

/** A call that passes the gate. */
interface Passing {
  readonly hop: Hop;
  /** The peer or client that calls; undefined for the own user. */
  readonly caller: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * Gate of all calls to next hops. It rejects a call whose next hop is paused, delays a call whose next hop is being
 * probed, and records the outcome.
 */
export class HopGate {
  readonly #options: HopGateOptions;

  constructor(options: HopGateOptions) {
    this.#options = options;
  }

  /** Returns the same next hops behind the gate, for calls of the own user. */
  nextHops<Reply, Chunk>(behind: NextHops<Reply, Chunk>): NextHops<Reply, Chunk> {
    return {
      call: (hop, said, control) =>
        this.#pass({ hop, caller: undefined, signal: control.signal }, (began) => {
          const onChunk = (chunk: Chunk): void => {
            began();
            control.onChunk(chunk);
          };
          return behind.call(hop, said, { ...control, onChunk });
        }),
    };
  }

  /** Returns the same relay behind the gate, for calls of others. */
  relay(behind: Relay): Relay {
    return (hop, request) => {
      const { caller, signal, over } = request;
      return this.#pass({ hop, caller, signal }, () => behind(hop, request), over);
    };
  }

  /**
   * Passes one call through the gate. `over` resolves when a streamed reply has ended; until then the call keeps its
   * slot.
   */
  async #pass<T>(passing: Passing, call: (began: () => void) => Promise<T>, over?: Promise<void>): Promise<T> {
    const { hop, caller } = passing;
    const { loads, slots } = this.#options;
    const entry = await this.#enter(passing);
    const leave = (): void => {
      slots.leave(hop.nextHop, caller);
      loads.ended(hop.nextHop);
    };
    try {
      const reply = await this.#call(passing, entry, call);
      if (over === undefined) leave();
      else void over.then(leave);
      return reply;
    } catch (error) {
      leave();
      throw error;
    } finally {
      entry.leave();
    }
  }

  /** Passes the breaker of the next hop and waits for a slot there. */
  async #enter({ hop: { nextHop, agentId }, caller, signal }: Passing): Promise<HopEntry> {
    const { loads, slots } = this.#options;
    const retryAfterMs = (): number => Math.ceil(loads.latencyMs(nextHop, agentId) ?? RETRY_AFTER_MS);
    loads.began(nextHop);
    let entry: HopEntry | undefined;
    try {
      entry = await this.#admitted(nextHop, signal);
      await slots.enter(nextHop, caller, signal, retryAfterMs);
      return entry;
    } catch (error) {
      entry?.leave();
      loads.ended(nextHop);
      throw error;
    }
  }

  /** Waits while the next hop is being probed. Throws if it is paused. */
  async #admitted(nextHop: string, signal: AbortSignal): Promise<HopEntry> {
    for (;;) {
      const answer = this.#options.health.admit(nextHop);
      if (answer.kind === 'passed') return answer.entry;
      if (answer.kind === 'resting') throw new BreakerOpen(nextHop, answer.restMs);
      await unlessEnded(answer.decided, signal, nextHop);
    }
  }

  async #call<T>({ hop, signal }: Passing, entry: HopEntry, call: (began: () => void) => Promise<T>): Promise<T> {
    const started = performance.now();
    let beganAt: number | undefined;
    try {
      const reply = await call(() => {
        if (beganAt === undefined) this.#options.health.signOfLife(hop.nextHop);
        beganAt ??= performance.now();
      });
      this.#record(hop, entry, 'answered', (beganAt ?? performance.now()) - started);
      return reply;
    } catch (error) {
      const outcome = hopOutcome(error, hop.peer !== undefined, signal);
      this.#record(hop, entry, outcome, performance.now() - started);
      const isUnreached = outcome === 'gone' && error instanceof Failure && error.reached === 'no';
      if (isUnreached) this.#options.onUnreached(hop.nextHop);
      throw error;
    }
  }

  #record({ nextHop, agentId, peer }: Hop, entry: HopEntry, outcome: HopOutcome, ms: number): void {
    const succeeded = outcome === 'answered';
    const isOvertaken = outcome === 'overtaken';
    // The time of a failure does not measure speed, unless the call timed out. An overtaken attempt took at least this
    // long.
    const responseTimeMs = succeeded || isOvertaken || outcome === 'late' ? ms : undefined;
    if (responseTimeMs !== undefined) this.#options.loads.took(nextHop, agentId, responseTimeMs);
    if (outcome === undefined) return;
    const { health } = this.#options;
    // The next hop that a peer names is not one of our servers, so it is no sample of their health.
    const sample = { responseTimeMs, succeeded: isOvertaken ? undefined : succeeded };
    if (peer === undefined) health.called(nextHop, agentId, sample);
    if (!isOvertaken) entry.record(outcome !== 'gone' && outcome !== 'late');
  }
}

/** Resolves when the probe of a next hop has finished. Rejects as soon as the call has ended. */
async function unlessEnded(decided: Promise<void>, signal: AbortSignal, nextHop: string): Promise<void> {
  if (signal.aborted) throw new ProbeAwaited(nextHop);
  await new Promise<void>((resolve, reject) => {
    const end = (): void => {
      reject(new ProbeAwaited(nextHop));
    };
    signal.addEventListener('abort', end, { once: true });
    void decided.then(() => {
      signal.removeEventListener('abort', end);
      resolve();
    });
  });
}
