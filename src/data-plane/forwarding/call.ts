import type { Constraints } from './constraints.ts';

/** One turn of a conversation. */
export interface Message {
  readonly role: 'user' | 'assistant' | 'system';
  readonly content: string;
}

/** What is said to an agent, whichever copy of it answers. */
export interface Conversation {
  readonly interactionType: 'generate' | 'stream';
  readonly messages: readonly Message[];
  readonly threadId?: string | undefined;
  readonly resourceId?: string | undefined;
  readonly agentOptions?: Readonly<Record<string, unknown>> | undefined;
  readonly includeRaw?: boolean | undefined;
}

/** What a caller asks of the router: an agent by one of its names, and what to say to it. */
export interface CallRequest extends Conversation, CallTarget {
  readonly timeoutMs?: number | undefined;
  readonly retry?: Retry | undefined;
}

/** Whether a call is tried elsewhere only where nothing was reached, or always, because running twice does no harm. */
export type Retry = 'unreached' | 'always';

/** Which agent is meant, by one of its names. */
export interface CallTarget {
  readonly targetAgentId: string;
  readonly serverUrl?: string | undefined;
  readonly requiredCapabilities?: readonly string[] | undefined;
  readonly constraints?: Constraints | undefined;
}

/** How the caller follows and ends a running call. */
export interface CallControl<Chunk> {
  readonly signal: AbortSignal;
  readonly onChunk: (chunk: Chunk) => void;
  /** What the caller has from a call that this one is part of, by the name of the header. */
  readonly brought?: ((name: string) => string | undefined) | undefined;
}

/** One try at one next hop; `outcome` is `ok`, the code of the failure, or how another one that succeeded has ended it. */
export interface Attempt {
  readonly nextHop: string;
  readonly outcome: string;
  readonly ms: number;
}
