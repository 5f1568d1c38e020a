import type { Asn } from '../../core/bgp/packet/asn.ts';
import type { Cursors } from '../../base/lists/cursors.ts';
import type { SecretMask } from '../../base/telemetry/secret-mask.ts';
import type { EntriesAfter } from './agent-rows.ts';

/** What the tools stand on: the router behind them. */
export interface Backend {
  call(request: CallRequest, control: CallControl): Promise<CallOutcome>;
  readonly directory: AgentDirectory;
  /** How many characters of one text a result may hold. */
  readonly maxResultLength: number;
  /** How many tokens a list of agents may have, as estimated, and what marks the place at which it goes on. */
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
  /** What the caller passes on from a call that this one is part of, by name. */
  readonly brought: (name: string) => string | undefined;
}

/** A piece of a stream. */
export interface Chunk {
  readonly type: string;
  readonly text?: string;
  readonly name?: string;
}

/** An answer and the way that it came. */
export interface CallOutcome {
  readonly reply: Reply;
  readonly serverUsed: string;
  readonly agentIdUsed: string;
  readonly fullyQualifiedId: string;
  readonly resolutionMethod: string;
  /** Where only a capability was named: why this agent took the call. */
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

/** What an agent said; a stream also says how it went. */
export interface Reply {
  readonly text: string;
  readonly finishReason?: string;
  readonly usage?: object;
  readonly toolCalls: readonly { readonly name: string }[];
  readonly raw: unknown;
  readonly chunks?: number;
  readonly timings?: object;
}

/** What can be listed without asking anyone. */
export interface AgentDirectory {
  readonly asn: Asn;
  servers(): Iterable<ListedServer>;
  peers(): Iterable<ListedPeer>;
  /** Why there are no peers although there should be, in one sentence. */
  notice(): string | undefined;
  /** All that is in the Loc-RIB, from a place on. */
  readonly entriesAfter: EntriesAfter;
  /** Resolves when the server or peer, or every one, has told of its agents or failed once, at most five seconds after the start. */
  firstRound(server: string | undefined): Promise<void>;
  /** Asks the server, or every server, again and resolves when each has answered or failed. */
  refresh(server: string | undefined): Promise<void>;
}

/** Another router, whose agents are listed by it. */
export interface ListedPeer {
  readonly name: string;
  readonly asn: Asn;
  readonly url: string | undefined;
  /** The state of the session with it; only in `established` it tells of agents. */
  readonly state: string;
  /** Why there is none, as far as is known. */
  readonly error: string | undefined;
}

export interface ListedServer {
  readonly name: string;
  readonly url: string;
  readonly description: string;
  readonly asn: Asn;
  /** Why nothing can be said of its agents, or undefined when it last answered properly. */
  readonly error: string | undefined;
}
