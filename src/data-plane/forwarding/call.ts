import type { Constraints } from './constraints.ts';

/** One turn of a conversation. */
export interface Message {
  readonly role: 'user' | 'assistant' | 'system';
  readonly content: string;
}

/** The messages to an agent and their options, whichever copy answers. */
export interface Conversation {
  readonly interactionType: 'generate' | 'stream';
  readonly messages: readonly Message[];
  readonly threadId?: string | undefined;
  readonly resourceId?: string | undefined;
  readonly agentOptions?: Readonly<Record<string, unknown>> | undefined;
  readonly includeRaw?: boolean | undefined;
}

/** A caller's request: an agent by one of its names, and the messages to it. */
export interface CallRequest extends Conversation, CallTarget {
  readonly timeoutMs?: number | undefined;
  readonly retry?: Retry | undefined;
}

/**
 * Condition for trying another next hop: only if the agent was not reached, or always because running the call twice
 * does no harm.
 */
export type Retry = 'unreached' | 'always';

/** The agent that a call is for, by one of its names. */
export interface CallTarget {
  readonly targetAgentId: string;
  readonly serverUrl?: string | undefined;
  readonly requiredCapabilities?: readonly string[] | undefined;
  readonly constraints?: Constraints | undefined;
}

/** The caller's means to follow a running call and to end it. */
export interface CallControl<Chunk> {
  readonly signal: AbortSignal;
  readonly onChunk: (chunk: Chunk) => void;
  /** Returns a header of the call that this call is part of. */
  readonly brought?: ((name: string) => string | undefined) | undefined;
}

/**
 * One attempt at one next hop. `outcome` is `ok`, the code of the failure, or `overtaken` or `cancelled` if another
 * attempt succeeded.
 */
export interface Attempt {
  readonly nextHop: string;
  readonly outcome: string;
  readonly ms: number;
}
