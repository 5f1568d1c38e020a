import { CallRefused, RouterRefused } from '../agents/failures.ts';
import { Failure } from '../failure.ts';
import type { Hop } from '../forwarding/hop.ts';
import type { NextHops, Relay } from '../forwarding/ports.ts';
import { RelayRefused } from '../forwarding/front-failure.ts';
import { BreakerOpen } from '../health/failures.ts';
import type { ServerHealth } from './server-health.ts';

/** How a call speaks of its next hop; undefined where the failure is not the next hop's. */
type Verdict = 'answered' | 'agent-failed' | 'gone' | undefined;

/** Every call to a next hop goes through here: it is refused where the next hop rests, and its outcome is taken down. */
export class HopGate {
  readonly #health: ServerHealth;
  readonly #onUnreached: (nextHop: string) => void;

  /** `onUnreached` is told of next hops that were called in vain and cannot have seen anything of the call. */
  constructor(health: ServerHealth, onUnreached: (nextHop: string) => void) {
    this.#health = health;
    this.#onUnreached = onUnreached;
  }

  /** The same next hops behind the gate. */
  nextHops<Reply, Chunk>(behind: NextHops<Reply, Chunk>): NextHops<Reply, Chunk> {
    return {
      call: (hop, said, control) =>
        this.#pass(hop, control.signal, (began) => {
          const onChunk = (chunk: Chunk): void => {
            began();
            control.onChunk(chunk);
          };
          return behind.call(hop, said, { ...control, onChunk });
        }),
    };
  }

  /** The same relay behind the gate. */
  relay(behind: Relay): Relay {
    return (hop, request) => this.#pass(hop, request.signal, () => behind(hop, request));
  }

  async #pass<T>(hop: Hop, signal: AbortSignal, call: (began: () => void) => Promise<T>): Promise<T> {
    const restMs = this.#health.breakers.waitMs(hop.nextHop);
    if (restMs !== undefined) throw new BreakerOpen(hop.nextHop, restMs);
    const started = performance.now();
    let beganAt: number | undefined;
    try {
      const reply = await call(() => {
        beganAt ??= performance.now();
      });
      this.#record(hop, 'answered', (beganAt ?? performance.now()) - started);
      return reply;
    } catch (error) {
      const verdict = verdictOn(error, hop, signal);
      this.#record(hop, verdict, performance.now() - started);
      if (verdict === 'gone' && error instanceof Failure && error.reached === 'no') this.#onUnreached(hop.nextHop);
      throw error;
    }
  }

  #record({ nextHop, agentId }: Hop, verdict: Verdict, ms: number): void {
    if (verdict === undefined) return;
    const { breakers, monitor, serverAt } = this.#health;
    const succeeded = verdict === 'answered';
    const server = serverAt(nextHop);
    // How soon something fails says nothing about how fast it is, unless it only ran out of time.
    const responseTimeMs = succeeded || verdict === 'gone' ? ms : undefined;
    if (server !== undefined) monitor.called(server, agentId, { responseTimeMs, succeeded });
    breakers.record(nextHop, verdict !== 'gone');
  }
}

function verdictOn(error: unknown, { peer }: Hop, signal: AbortSignal): Verdict {
  const isCancelled = signal.aborted && !(signal.reason instanceof Error && signal.reason.name === 'TimeoutError');
  if (!(error instanceof Failure) || isCancelled || error instanceof CallRefused) return undefined;
  const isUnwell = ['AGENT_ERROR', 'SERVER_UNAVAILABLE', 'TIMEOUT'].includes(error.code);
  if (error instanceof RouterRefused || error instanceof RelayRefused) {
    // Whoever refuses is there; what is behind a peer is the peer's own business.
    return peer !== undefined ? 'answered' : isUnwell ? 'agent-failed' : undefined;
  }
  if (error.code === 'AGENT_ERROR') return 'agent-failed';
  return isUnwell ? 'gone' : undefined;
}
