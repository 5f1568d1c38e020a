/** One turn of a conversation, as a caller of the tools writes it. */
export interface Message {
  readonly role: 'user' | 'assistant' | 'system';
  readonly content: string;
}

/** One call of one agent. The caller owns the deadline: `signal` aborts with a `TimeoutError` or any other reason. */
export interface AgentCall {
  readonly agentId: string;
  readonly messages: readonly Message[];
  readonly threadId?: string;
  readonly resourceId?: string;
  /** Options of the agent's own API, sent unchanged. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** True if the agent is known to have a model of the older kind. */
  readonly isLegacy?: boolean;
  /** True if every chunk of a stream is kept for `raw`. */
  readonly includeRaw?: boolean;
  /** Headers of the request besides the configured ones. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Called with the reply's headers. */
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
  /** The server's reply to `generate`, or the chunks of a stream if the call asked for them. */
  readonly raw: unknown;
}

export interface StreamReply extends AgentReply {
  /** Number of received chunks of any kind. */
  readonly chunks: number;
  readonly timings: StreamTimings;
}

/** Milliseconds since the request was sent. */
export interface StreamTimings {
  /** Time to the first text. Absent if the agent finished without text. */
  readonly firstTextMs?: number;
  readonly totalMs: number;
}

export type AgentChunk =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool-call'; readonly name: string }
  | { readonly type: 'finish'; readonly finishReason?: string; readonly usage?: Usage }
  | { readonly type: 'other'; readonly name: string };

/**
 * Calls the agents of one server. Both methods reject only with a `Failure`. They never retry, because an agent that
 * ran twice may have acted twice.
 */
export interface AgentClient {
  generate(call: AgentCall): Promise<AgentReply>;
  stream(call: AgentCall, onChunk: (chunk: AgentChunk) => void): Promise<StreamReply>;
}
