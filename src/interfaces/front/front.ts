import { Readable } from 'node:stream';
import { serviceOrigin } from '../../core/bgp/decision/multipath.ts';
import type { Crossed } from '../../core/bgp/packet/crossed.ts';
import {
  agentIdFault,
  CAPABILITY_MARK,
  capabilityPath,
  familyOf,
  idOf,
  type Nlri,
} from '../../core/bgp/packet/nlri.ts';
import type { PeerId } from '../../core/bgp/rib/route.ts';
import { Failure } from '../../base/failure/failure.ts';
import { failureResponse } from '../../base/failure/router-refusal.ts';
import { CALL_SHAPE, checkShape, UnreadableJson } from '../../base/bodies/parse-json.ts';
import type { Log } from '../../base/telemetry/log-event.ts';
import { admit, type Admission } from '../../data-plane/forwarding/admission.ts';
import { cautious } from '../../data-plane/forwarding/cautious.ts';
import type { Cleaner } from '../../data-plane/forwarding/cleaner.ts';
import { conversationIn } from '../../data-plane/forwarding/conversation.ts';
import {
  ATTEMPTS_LEFT_HEADER,
  crossedBy,
  readAttemptsLeft,
  readTransitContext,
  traceId,
  type TransitContext,
} from '../../data-plane/forwarding/transit-context.ts';
import { Deadline, type TimeLimits } from '../../data-plane/forwarding/deadline.ts';
import { contentTypeOf } from './content-type.ts';
import { decoded } from '../../data-plane/forwarding/decoded.ts';
import {
  checkHopLimit,
  LoopDetected,
  NotAdvertised,
  OlderCallsWanted,
  RequestUnreadable,
  withoutAddresses,
} from '../../data-plane/forwarding/front-failure.ts';
import { HeldBodies } from './held-bodies.ts';
import { passable, routeHop, type Hop } from '../../data-plane/forwarding/hop.ts';
import { listedAgent } from './listed-agent.ts';
import { pacedBody } from './paced-body.ts';
import type { PathFinder } from '../../data-plane/forwarding/path-finder.ts';
import type { Balance, Relay, TransitTable } from '../../data-plane/forwarding/ports.ts';
import { withoutRecursion } from '../../data-plane/forwarding/recursion.ts';
import {
  passedAnsweringAgent,
  ANSWERING_AGENT_HEADER,
  answeringAgentText,
} from '../../data-plane/forwarding/answering-agent.ts';
import { streamedList } from '../../base/lists/streamed-list.ts';
import { InvalidAgentId } from '../../data-plane/forwarding/target.ts';
import { traceOver } from './trace.ts';
import { transitRoutes } from '../../data-plane/forwarding/transit-routes.ts';
import type { Tried } from '../../data-plane/forwarding/failover.ts';
import { tryHops } from '../../data-plane/forwarding/try-hops.ts';

export interface FrontOptions {
  /** This router. */
  readonly self: Crossed;
  readonly limits: TimeLimits;
  readonly table: TransitTable;
  readonly paths: PathFinder;
  readonly balance: Balance;
  readonly relay: Relay;
  /** Returns true if a next hop is being probed. */
  readonly isProbed: (nextHop: string) => boolean;
  readonly admission: Admission;
  /** Cleans the replies of servers before they are forwarded. */
  readonly cleaner: Cleaner;
  readonly log: Log;
}

/**
 * A response and its status. The status is kept apart because reading it from the listener's `Response` makes that one
 * slow.
 */
interface Answer {
  readonly status: number;
  readonly response: Response;
}

/** The peer or the caller without a session that a request comes from. */
export interface FrontCaller {
  readonly id: PeerId;
  /** The account under which its calls are counted. */
  readonly account: string;
}

/** A request to the front. */
export interface FrontRequest {
  readonly method: string;
  readonly url: URL;
  readonly header: (name: string) => string | undefined;
  readonly body: AsyncIterable<Uint8Array>;
  /** Aborts when the caller no longer waits. */
  readonly signal: AbortSignal;
}

const TRACE = 'trace';
const ACTIONS = ['generate', 'stream', 'generate-legacy', 'stream-legacy', TRACE];

/**
 * The router as a Mastra server. Clients of Mastra's API can list and call every agent that may be advertised to them.
 * Requests are relayed unchanged, replies are cleaned, and streams are relayed chunk by chunk.
 */
export class Front {
  readonly #options: FrontOptions;
  readonly #relay: Relay;
  readonly #trace: Relay;
  readonly #bodies = new HeldBodies();

  constructor(options: FrontOptions) {
    this.#options = options;
    this.#relay = cautious(options.relay);
    this.#trace = traceOver(options.self, options.relay);
  }

  /** Returns the path that a call to an agent would take. Every router on it is asked. */
  trace(id: string): Promise<Response> {
    const url = new URL(`http://router/api/agents/${encodeURIComponent(id)}/${TRACE}`);
    const { signal } = new AbortController();
    return this.answer({ method: 'POST', url, header: () => undefined, body: Readable.from([]), signal }, undefined);
  }

  /**
   * Answers a request below `/api/agents`. `caller` is the peer or the caller without a session that sent it; undefined
   * for other clients.
   */
  async answer(request: FrontRequest, caller: FrontCaller | undefined): Promise<Response> {
    const [id, action = '', ...rest] = request.url.pathname.split('/').slice(3);
    try {
      if (request.method === 'GET' && action === '') {
        return id === undefined ? this.#list(caller) : this.#describe(readId(id), caller);
      }
      const isCall = request.method === 'POST' && ACTIONS.includes(action) && rest.length === 0;
      if (!isCall) return Response.json({ error: 'Not found.' }, { status: 404 });
      return await this.#carry(readId(id ?? ''), action, request, caller);
    } catch (error) {
      if (error instanceof Failure) return failureResponse(error);
      throw error;
    }
  }

  /**
   * Returns Mastra's map of agents by id, read from the table while it is sent. It omits agents that are added
   * meanwhile.
   */
  #list(caller: FrontCaller | undefined): Response {
    const { table } = this.#options;
    const newest = table.newest();
    const body = streamedList({
      head: '{',
      tail: '}',
      start: 0,
      *after(place): Generator<readonly [number, string]> {
        for (const [serial, route] of table.visibleAfter(place, caller?.id)) {
          if (serial > newest) return;
          const text = route && `${JSON.stringify(route.nlri)}:${JSON.stringify(listedAgent(route))}`;
          yield [serial, text ?? ''];
        }
      },
    });
    return new Response(body, { headers: { 'content-type': 'application/json' } });
  }

  #describe(id: Nlri, caller: FrontCaller | undefined): Response {
    const route = this.#options.table.visible(id, caller?.id);
    if (route === undefined) throw new NotAdvertised(id);
    return Response.json(listedAgent(route));
  }

  async #carry(id: Nlri, action: string, request: FrontRequest, caller: FrontCaller | undefined): Promise<Response> {
    const started = performance.now();
    const { self } = this.#options;
    const transit = readTransitContext(request.header);
    const { status, response } = await this.#relayed(id, action, request, caller, transit).catch((error: unknown) => {
      if (!(error instanceof Failure)) throw error;
      const message = caller === undefined ? error.message : withoutAddresses(error, self);
      const refusal = failureResponse(error, self, message);
      return { status: refusal.status, response: refusal };
    });
    const ms = Math.round(performance.now() - started);
    // Log after the answer, because the caller waits for the answer.
    setImmediate(() => {
      const trace = traceId(transit);
      this.#options.log({ event: 'call-relayed', caller: callerName(caller), agent: id, status, ms, trace });
    });
    return response;
  }

  async #relayed(
    id: Nlri,
    action: string,
    request: FrontRequest,
    caller: FrontCaller | undefined,
    transit: TransitContext,
  ): Promise<Answer> {
    const { self, limits, admission, cleaner, isProbed } = this.#options;
    const relay = action === TRACE ? this.#trace : this.#relay;
    const name = callerName(caller);
    this.#checkLoop(transit);
    admit(admission, caller?.account ?? name);
    const contentType = contentTypeOf(request);
    const isStream = action.startsWith('stream');
    const deadline = new Deadline(request.signal, isStream ? limits.silenceMs : limits.timeoutMs);
    const { signal, over } = deadline;
    const held = this.#bodies.begin(name);
    try {
      let body = '';
      // A call without a route is answered before its body is read.
      const conversation = async (): Promise<string | undefined> => {
        body = await held.read(request);
        checkBody(body);
        return conversationIn(body);
      };
      const hops = withoutRecursion(await this.#hops(id, transit, caller?.id, conversation, signal), transit);
      const tried = await tryHops(hops, { ...transit, deadline, isProbed }, (hop, tally, part) => {
        const onward = crossedBy(self, transit, tally, hop.requires);
        if (wantsOlderCalls(hop, action)) throw new OlderCallsWanted(hop.agentId, action);
        return relay(hop, { caller: name, action, contentType, body, signal: part.signal, over, transit: onward });
      });
      const answeringAgent = id.startsWith(CAPABILITY_MARK) ? answeringAgentIn(tried, self) : undefined;
      return await relayed(tried, deadline, cleaner, answeringAgent);
    } catch (error) {
      deadline.stop();
      throw error;
    } finally {
      held.release();
    }
  }

  #checkLoop(transit: TransitContext): void {
    checkHopLimit(transit);
    if (this.#options.table.hasCrossed(transit.crossed)) throw new LoopDetected('has crossed this router before');
  }

  async #hops(
    id: Nlri,
    transit: TransitContext,
    from: PeerId | undefined,
    conversation: () => Promise<string | undefined>,
    signal: AbortSignal,
  ): Promise<readonly Hop[]> {
    const { table, paths, balance } = this.#options;
    const { crossed, required, constraints } = transit;
    if (from === undefined && familyOf(id) === 'agent') {
      const wanted = { targetAgentId: id, requiredCapabilities: required, constraints };
      const { hops } = await paths.find(wanted, conversation, signal);
      const open = passable(hops, crossed);
      if (open.length === 0) throw new NotAdvertised(id);
      return open;
    }
    const routes = transitRoutes(table, id, from, transit);
    if (routes.length === 0) throw new NotAdvertised(id);
    const goesOn = await conversation();
    const call = { target: id, required, conversation: () => goesOn };
    return balance(routes, call).map((route) => routeHop(route, idOf(id), id.startsWith(CAPABILITY_MARK)));
  }
}

function checkBody(body: string): void {
  try {
    checkShape(body, CALL_SHAPE);
  } catch (error) {
    if (error instanceof UnreadableJson) throw new RequestUnreadable(error);
    throw error;
  }
}

function callerName(caller: FrontCaller | undefined): string {
  return caller?.id ?? 'a client';
}

function readId(encoded: string): Nlri {
  const id = decoded(encoded);
  if (id === undefined) throw new InvalidAgentId(encoded, 'is not properly percent-encoded');
  if (id.startsWith(CAPABILITY_MARK)) {
    const path = id.slice(CAPABILITY_MARK.length);
    if (capabilityPath(path) !== path) throw new InvalidAgentId(id, 'is not a capability path');
    return id;
  }
  const fault = agentIdFault(id);
  if (fault !== undefined) throw new InvalidAgentId(id, fault);
  return id;
}

/**
 * Returns true if one of our own servers would reject a call for its form. The caller then learns this, and that the
 * agent has not run.
 */
function wantsOlderCalls({ route }: Hop, action: string): boolean {
  const isPresent = action === 'generate' || action === 'stream';
  return isPresent && route?.source.kind === 'stub' && route.label?.modelVersion === 'v1';
}

/** Returns the agent that answered the call of a capability. The router that chose it names it. */
function answeringAgentIn({ reply, hop }: Tried<Response>, { asn }: Crossed): string | undefined {
  if (hop.agentId.startsWith(CAPABILITY_MARK)) return passedAnsweringAgent(reply.headers.get(ANSWERING_AGENT_HEADER));
  const origin = hop.route && serviceOrigin(hop.route, asn);
  return answeringAgentText({ asn: origin ?? asn, agentId: hop.agentId });
}

/**
 * Builds the answer from a reply. JSON is forwarded whole, which costs a fraction of streaming it. The
 * `transfer-encoding` header makes the listener send every chunk at once.
 */
async function relayed(
  { reply, hop, attemptsLeft }: Tried<Response>,
  deadline: Deadline,
  cleaner: Cleaner,
  answeringAgent: string | undefined,
): Promise<Answer> {
  const { status } = reply;
  const contentType = reply.headers.get('content-type');
  // A server cannot report attempts; only a router can.
  const left =
    hop.peer === undefined ? attemptsLeft : readAttemptsLeft(reply.headers.get(ATTEMPTS_LEFT_HEADER), attemptsLeft);
  const isWhole = contentType?.startsWith('application/json') === true || reply.body === null;
  const body = isWhole ? cleaner.text(await reply.text()) : pacedBody(reply.body, deadline, cleaner.stream());
  if (isWhole) deadline.stop();
  const response = new Response(body, {
    status,
    headers: {
      ...(contentType !== null && { 'content-type': contentType }),
      ...(!isWhole && { 'transfer-encoding': 'chunked' }),
      ...(answeringAgent !== undefined && { [ANSWERING_AGENT_HEADER]: answeringAgent }),
      [ATTEMPTS_LEFT_HEADER]: String(left),
    },
  });
  return { status, response };
}
