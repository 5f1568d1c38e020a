/** One turn of a conversation, as a caller of the tools writes it. */
export interface Message {
  readonly role: 'user' | 'assistant' | 'system';
  readonly content: string;
}

/** One call of one agent. The deadline is the caller's: `signal` aborts with a `TimeoutError` or with anything else. */
export interface AgentCall {
  readonly agentId: string;
  readonly messages: readonly Message[];
  readonly threadId?: string;
  readonly resourceId?: string;
  /** Options of the agent's own API, sent as they are. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Whether the agent is known to have a model of the older kind. */
  readonly isLegacy?: boolean;
  /** Keep every chunk of a stream for `raw`. */
  readonly includeRaw?: boolean;
  /** Sent along with the request, beside those that are configured. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Told of the reply's headers. */
  readonly onHeaders?: (headers: Headers) => void;
  readonly signal: AbortSignal;
}

export interface Usage {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly totalTokens?: number;
}

export interface AgentReply {
  readonly text: string;
  readonly finishReason?: string;
  readonly usage?: Usage;
  readonly toolCalls: readonly { readonly name: string }[];
  /** What the server sent: the reply of `generate`, or the chunks of a stream when the call asked for them. */
  readonly raw: unknown;
}

export interface StreamReply extends AgentReply {
  /** How many chunks came, of any kind. */
  readonly chunks: number;
  readonly timings: StreamTimings;
}

/** Milliseconds since the request was sent. */
export interface StreamTimings {
  /** Absent when the agent finished without text. */
  readonly firstTextMs?: number;
  readonly totalMs: number;
}

export type AgentChunk =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool-call'; readonly name: string }
  | { readonly type: 'finish'; readonly finishReason?: string; readonly usage?: Usage }
  | { readonly type: 'other'; readonly name: string };

/**
 * Calls the agents of one server. Both methods reject with a `Failure` alone. Nothing is ever repeated, because an agent
 * that ran twice may have acted twice.
 */
export interface AgentClient {
  generate(call: AgentCall): Promise<AgentReply>;
  stream(call: AgentCall, onChunk: (chunk: AgentChunk) => void): Promise<StreamReply>;
}
