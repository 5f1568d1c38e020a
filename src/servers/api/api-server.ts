import type { Listing } from '../../control-plane/discovery/source.ts';
import type { Conversation } from '../../data-plane/forwarding/call.ts';
import type { Hop } from '../../data-plane/forwarding/hop.ts';
import type { HopControl, RelayedRequest } from '../../data-plane/forwarding/ports.ts';
import type { ServerClient, ServerOptions } from '../server-client.ts';
import type { AgentCall, AgentChunk, AgentReply, StreamReply } from './agent-client.ts';
import { MastraAgents } from './mastra-agents.ts';
import { MastraSource } from './mastra-source.ts';
import { Probe } from './probe.ts';
import { Refusal } from './refusal.ts';
import { relayedRefusal } from './relayed-refusal.ts';
import { shownOver, type Shown } from './shown-text.ts';

/** Differences between the kinds of servers that speak Mastra's API. */
export interface Kind {
  /** Returns the additions to a call that begins here. */
  readonly companions: (hop: Hop, said: Conversation, control: HopControl<AgentChunk>) => Partial<AgentCall>;
  /** Returns the headers and the body of a relayed call. */
  readonly onward: (hop: Hop, request: RelayedRequest) => Onward;
  /** True if failures behind the server do not count against it. */
  readonly isRouter: boolean;
}

interface Onward {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A server that speaks Mastra's API. Its parts are created by the first call that needs them. */
export class ApiServer implements ServerClient {
  readonly #options: ServerOptions;
  readonly #kind: Kind;
  readonly #shown: Shown;
  #source: MastraSource | undefined;
  #probe: Probe | undefined;
  #agents: MastraAgents | undefined;

  constructor(options: ServerOptions, kind: Kind) {
    this.#options = options;
    this.#kind = kind;
    this.#shown = shownOver(options.mask);
  }

  list(signal: AbortSignal): Promise<Listing> {
    return this.#listing.list(signal);
  }

  read(raw: object): Listing {
    return this.#listing.read(raw);
  }

  probe(signal: AbortSignal, isListing: (text: string) => boolean): ReturnType<Probe['run']> {
    const { baseUrl, fetch } = this.#options;
    this.#probe ??= new Probe(baseUrl, fetch);
    return this.#probe.run(signal, isListing);
  }

  call(hop: Hop, said: Conversation, control: HopControl<AgentChunk>): Promise<AgentReply | StreamReply> {
    const { baseUrl, fetch } = this.#options;
    this.#agents ??= new MastraAgents(baseUrl, fetch, this.#shown);
    const call = { ...agentCall(hop, said, control), ...this.#kind.companions(hop, said, control) };
    return said.interactionType === 'stream' ? this.#agents.stream(call, control.onChunk) : this.#agents.generate(call);
  }

  async relay(hop: Hop, request: RelayedRequest): Promise<Response> {
    const { baseUrl, fetch } = this.#options;
    const { action, contentType, signal } = request;
    const { headers, body } = this.#kind.onward(hop, request);
    const response = await fetch(`${baseUrl}/api/agents/${encodeURIComponent(hop.agentId)}/${action}`, {
      method: 'POST',
      headers: { 'content-type': contentType, ...headers },
      body,
      signal,
    });
    if (response.ok) return response;
    const refusal = new Refusal(response.status, await response.text(), undefined, this.#shown);
    throw relayedRefusal(refusal, this.#kind.isRouter);
  }

  get #listing(): MastraSource {
    const { baseUrl, fetch, mask } = this.#options;
    return (this.#source ??= new MastraSource(baseUrl, fetch, mask));
  }
}

function agentCall(
  { agentId }: Hop,
  { messages, threadId, resourceId, agentOptions: options, includeRaw }: Conversation,
  { signal }: HopControl<AgentChunk>,
): AgentCall {
  return {
    agentId,
    messages,
    signal,
    ...(threadId !== undefined && { threadId }),
    ...(resourceId !== undefined && { resourceId }),
    ...(options !== undefined && { options }),
    ...(includeRaw !== undefined && { includeRaw }),
  };
}
