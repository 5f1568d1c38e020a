import type { Conversation } from './call.ts';

/** Names the conversation with an agent's memory that a call goes on with, if it does: later calls of it belong to the same server. */
export function conversationOf({
  threadId,
  resourceId,
  agentOptions,
}: Pick<Conversation, 'threadId' | 'resourceId' | 'agentOptions'>): string | undefined {
  const memory = objectIn(agentOptions?.['memory']);
  const thread = threadId ?? memory['thread'];
  const resource = resourceId ?? memory['resource'];
  return thread === undefined && resource === undefined ? undefined : JSON.stringify([resource, thread]);
}

/** The same for the body of a call that is relayed as it came. */
export function conversationIn(body: string): string | undefined {
  try {
    const options = objectIn(JSON.parse(body));
    const { threadId, resourceId } = options;
    return conversationOf({ threadId: textOf(threadId), resourceId: textOf(resourceId), agentOptions: options });
  } catch {
    return undefined;
  }
}

function objectIn(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
