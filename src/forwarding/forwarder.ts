import type { Crossed } from '../bgp/lookup.ts';
import type { Attempt, CallControl, CallRequest } from './call.ts';
import { conversationOf } from './conversation.ts';
import { crossedBy, readCrossing } from './crossing.ts';
import { withDeadline } from './deadline.ts';
import type { RouteMetrics } from './hop.ts';
import type { PathFinder } from './path-finder.ts';
import type { NextHops } from './ports.ts';
import type { ResolutionMethod } from './resolve.ts';
import { tryHops } from './try-hops.ts';

export interface ForwarderOptions<Reply, Chunk> {
  /** This router. */
  readonly self: Crossed;
  readonly timeoutMs: number;
  readonly paths: PathFinder;
  readonly nextHops: NextHops<Reply, Chunk>;
}

/** An answer and the way that it came. */
export interface Forwarded<Reply> {
  readonly reply: Reply;
  readonly serverUsed: string;
  readonly agentIdUsed: string;
  readonly fullyQualifiedId: string;
  readonly resolutionMethod: ResolutionMethod;
  readonly routeMetrics: RouteMetrics;
  readonly attempts: readonly Attempt[];
}

/** Carries calls that begin here: finds the target, calls the next hop, and tries another one if the first was not reached. */
export class Forwarder<Reply, Chunk> {
  readonly #options: ForwarderOptions<Reply, Chunk>;

  constructor(options: ForwarderOptions<Reply, Chunk>) {
    this.#options = options;
  }

  /** Rejects with a `Failure` alone, unless the caller's own signal ended the call. */
  async forward(request: CallRequest, control: CallControl<Chunk>): Promise<Forwarded<Reply>> {
    const { self, timeoutMs, paths, nextHops } = this.#options;
    const begun = { ...readCrossing(() => undefined), required: request.requiredCapabilities ?? [] };
    return withDeadline(control.signal, request.timeoutMs ?? timeoutMs, async (signal) => {
      const { method, hops } = await paths.find(request, () => conversationOf(request), signal);
      const { reply, hop, attempts } = await tryHops(hops, begun.attempts, signal, (hop, attempts) => {
        const crossing = crossedBy(self, { ...begun, attempts });
        return nextHops.call(hop, request, { signal, onChunk: control.onChunk, crossing });
      });
      return {
        reply,
        serverUsed: hop.nextHop,
        agentIdUsed: hop.agentId,
        fullyQualifiedId: hop.qualifiedId,
        resolutionMethod: method,
        routeMetrics: hop.metrics,
        attempts,
      };
    });
  }
}
