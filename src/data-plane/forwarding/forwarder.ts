import type { Crossed } from '../../core/bgp/packet/crossed.ts';
import { admit, type Admission } from './admission.ts';
import type { Attempt, CallControl, CallRequest } from './call.ts';
import { conversationOf } from './conversation.ts';
import { crossedBy, readTransitContext, type TransitContext } from './transit-context.ts';
import { withDeadline, type TimeLimits } from './deadline.ts';
import { checkHopLimit } from './front-failure.ts';
import type { RouteMetrics } from './hop.ts';
import type { PathFinder, TakenMatch } from './path-finder.ts';
import type { NextHops, ResponseTimes } from './ports.ts';
import { CONTEXT_NAMES, withoutRecursion } from './recursion.ts';
import type { ResolutionMethod } from './resolve.ts';
import type { AnsweringAgent } from './answering-agent.ts';
import { tryHops } from './try-hops.ts';

export interface ForwarderOptions<Reply, Chunk> {
  /** This router. */
  readonly self: Crossed;
  readonly limits: TimeLimits;
  readonly paths: PathFinder;
  readonly nextHops: NextHops<Reply, Chunk>;
  readonly admission: Admission;
  /** Response times. If present, calls that may run twice are hedged. */
  readonly times?: ResponseTimes | undefined;
  /** Returns true if a next hop is being probed. */
  readonly isProbed: (nextHop: string) => boolean;
}

/** An answer and the route that the call took. */
export interface Forwarded<Reply> {
  readonly reply: Reply;
  readonly serverUsed: string;
  readonly agentIdUsed: string;
  readonly fullyQualifiedId: string;
  readonly resolutionMethod: ResolutionMethod;
  readonly match?: TakenMatch;
  readonly routeMetrics: RouteMetrics;
  readonly attempts: readonly Attempt[];
}

/** Account of the client that started this program. */
const MCP_CLIENT = 'the MCP client';

/**
 * Forwards calls that begin here: finds the target, calls the next hop, and tries another one if the first was not
 * reached.
 */
export class Forwarder<Reply, Chunk> {
  readonly #options: ForwarderOptions<Reply, Chunk>;

  constructor(options: ForwarderOptions<Reply, Chunk>) {
    this.#options = options;
  }

  /** Forwards a call. Rejects only with a `Failure`, unless the caller's own signal ended the call. */
  async forward(request: CallRequest, control: CallControl<Chunk>): Promise<Forwarded<Reply>> {
    const { self, paths, nextHops, admission, isProbed } = this.#options;
    admit(admission, MCP_CLIENT);
    const { requiredCapabilities: required = [], constraints = {}, retry = 'unreached' } = request;
    const begun = { ...begunBy(control), required, constraints, retry };
    checkHopLimit(begun);
    const { limitMs, isOfSilence } = this.#limit(request);
    return withDeadline(control.signal, limitMs, async (deadline) => {
      const { method, hops, match } = await paths.find(request, () => conversationOf(request), deadline.signal);
      const trying = { ...begun, deadline, times: this.#timesFor(request), isProbed };
      const open = withoutRecursion(hops, begun);
      const tried = await tryHops(open, trying, async (hop, tally, part) => {
        let answeringAgent: AnsweringAgent | undefined;
        const onAnsweringAgent = (named: AnsweringAgent | undefined): void => {
          answeringAgent = named;
        };
        const onChunk = (chunk: Chunk): void => {
          if (isOfSilence) for (const running of [deadline, part]) running.renew();
          control.onChunk(chunk);
        };
        const transit = crossedBy(self, begun, tally, hop.requires);
        const reply = await nextHops.call(hop, request, { signal: part.signal, onChunk, onAnsweringAgent, transit });
        return { reply, answeringAgent };
      });
      const { hop, attempts } = tried;
      const { reply, answeringAgent } = tried.reply;
      return {
        reply,
        serverUsed: hop.nextHop,
        agentIdUsed: answeringAgent?.agentId ?? hop.agentId,
        fullyQualifiedId:
          answeringAgent === undefined ? hop.qualifiedId : `as${answeringAgent.asn}:${answeringAgent.agentId}`,
        resolutionMethod: method,
        ...(match !== undefined && { match: hop === hops[0] ? match : { ...match, decidedBy: 'failover' } }),
        routeMetrics: hop.metrics,
        attempts,
      };
    });
  }

  /**
   * Returns the response times if the call may be hedged. A second copy could not retract what a stream has sent, and
   * it does not remember the first copy's conversation.
   */
  #timesFor(request: CallRequest): ResponseTimes | undefined {
    const { times } = this.#options;
    if (times === undefined || request.interactionType === 'stream') return undefined;
    return conversationOf(request) === undefined ? times : undefined;
  }

  /**
   * Returns the time limit of a call. A stream may take any time while chunks keep arriving, unless the caller sets a
   * limit.
   */
  #limit({ timeoutMs, interactionType }: CallRequest): { readonly limitMs: number; readonly isOfSilence: boolean } {
    if (timeoutMs !== undefined) return { limitMs: timeoutMs, isOfSilence: false };
    const { limits } = this.#options;
    const isOfSilence = interactionType === 'stream';
    return { limitMs: isOfSilence ? limits.silenceMs : limits.timeoutMs, isOfSilence };
  }
}

/** Returns the context of a call that begins here. It may be part of another call, for which an agent runs. */
function begunBy({ brought }: Pick<CallControl<never>, 'brought'>): TransitContext {
  return readTransitContext((name) => (CONTEXT_NAMES.includes(name) ? brought?.(name) : undefined));
}
