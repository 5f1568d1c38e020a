import type { Asn } from '../../core/bgp/packet/asn.ts';
import type { Cursors } from '../../base/lists/cursors.ts';
import type { SecretMask } from '../../base/telemetry/secret-mask.ts';
import type { EntriesAfter } from './agent-rows.ts';

/** The router, as the tools use it. */
export interface Backend {
  call(request: CallRequest, control: CallControl): Promise<CallOutcome>;
  readonly directory: AgentDirectory;
  /** Maximum number of characters of one text in a result. */
  readonly maxResultLength: number;
  /** Maximum estimated number of tokens in a list of agents, and the cursors of its pages. */
  readonly lists: { readonly maxTokens: number; readonly cursors: Cursors };
  /** Masks configured secrets. */
  readonly mask: SecretMask;
}

export interface CallRequest {
  readonly targetAgentId: string;
  readonly messages: readonly { readonly role: 'user' | 'assistant' | 'system'; readonly content: string }[];
  readonly interactionType: 'generate' | 'stream';
  readonly serverUrl?: string | undefined;
  readonly threadId?: string | undefined;
  readonly resourceId?: string | undefined;
  readonly agentOptions?: Readonly<Record<string, unknown>> | undefined;
  readonly requiredCapabilities?: readonly string[] | undefined;
  readonly constraints?:
    | {
        readonly maxResponseTimeMs?: number | undefined;
        readonly minSuccessRate?: number | undefined;
        readonly region?: string | undefined;
      }
    | undefined;
  readonly timeoutMs?: number | undefined;
  readonly retry?: 'unreached' | 'always' | undefined;
  readonly includeRaw?: boolean | undefined;
}

export interface CallControl {
  readonly signal: AbortSignal;
  readonly onChunk: (chunk: Chunk) => void;
  /** Returns a text from the request metadata by name. The caller forwards it from an enclosing call. */
  readonly brought: (name: string) => string | undefined;
}

/** A chunk of a stream. */
export interface Chunk {
  readonly type: string;
  readonly text?: string;
  readonly name?: string;
}

/** An answer and the route that the call took. */
export interface CallOutcome {
  readonly reply: Reply;
  readonly serverUsed: string;
  readonly agentIdUsed: string;
  readonly fullyQualifiedId: string;
  readonly resolutionMethod: string;
  /** Reason why this agent was chosen; present if the caller named only a capability. */
  readonly match?: { readonly capability: string; readonly candidates: number; readonly decidedBy: string };
  readonly routeMetrics: RouteMetrics;
  readonly attempts: readonly { readonly nextHop: string; readonly outcome: string; readonly ms: number }[];
}

export interface RouteMetrics {
  readonly asPath: readonly Asn[];
  readonly localPref: number;
  readonly med: number;
  readonly communities: readonly string[];
}

/** The answer of an agent. A stream adds its chunk count and timings. */
export interface Reply {
  readonly text: string;
  readonly finishReason?: string;
  readonly usage?: object;
  readonly toolCalls: readonly { readonly name: string }[];
  readonly raw: unknown;
  readonly chunks?: number;
  readonly timings?: object;
}

/** The known servers, peers and agents. Reading it sends no request. */
export interface AgentDirectory {
  readonly asn: Asn;
  servers(): Iterable<ListedServer>;
  peers(): Iterable<ListedPeer>;
  /** Returns a sentence about a restriction of this router, such as missing peers; undefined if there is none. */
  notice(): string | undefined;
  /** Entries of the Loc-RIB after a serial. */
  readonly entriesAfter: EntriesAfter;
  /**
   * Resolves when the named server or peer, or all of them, have listed their agents or failed once; at most five
   * seconds after the start.
   */
  firstRound(server: string | undefined): Promise<void>;
  /** Polls the named server, or all servers. Resolves when each has answered or failed. */
  refresh(server: string | undefined): Promise<void>;
}

/** A peer, which lists the agents behind it. */
export interface ListedPeer {
  readonly name: string;
  readonly asn: Asn;
  readonly url: string | undefined;
  /** State of its session. The peer announces agents only in `established`. */
  readonly state: string;
  /** Reason why there is no session, if known. */
  readonly error: string | undefined;
}

export interface ListedServer {
  readonly name: string;
  readonly url: string;
  readonly description: string;
  readonly asn: Asn;
  /** Error of the last poll; undefined if the server answered properly. */
  readonly error: string | undefined;
}
