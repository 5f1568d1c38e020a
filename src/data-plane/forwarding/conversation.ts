import { hash } from 'node:crypto';
import type { Conversation } from './call.ts';
import { ESCAPED_LETTER, membersOf, type Member } from './members.ts';

/** Maximum length of a conversation's name. The balancer remembers names, so a longer one is replaced by its digest. */
const MAX_NAME_LENGTH = 256;

/**
 * Returns the name of the conversation that a call continues; undefined if it continues none. The balancer keeps a
 * conversation on one server, because that server remembers it.
 */
export function conversationOf({
  threadId,
  resourceId,
  agentOptions,
}: Pick<Conversation, 'threadId' | 'resourceId' | 'agentOptions'>): string | undefined {
  const memory = objectIn(agentOptions?.['memory']);
  return named(threadId ?? memory['thread'], resourceId ?? memory['resource']);
}

/** Returns the same for the body of a call that is relayed unchanged. */
export function conversationIn(body: string): string | undefined {
  if (!/threadId|resourceId|memory/.test(body) && !ESCAPED_LETTER.test(body)) return undefined;
  const { threadId, resourceId, memory } = membersOf(body, ['threadId', 'resourceId', 'memory']) ?? {};
  const { thread, resource } = (memory && membersOf(body, ['thread', 'resource'], memory.start)) ?? {};
  return named(textAt(body, threadId) ?? valueAt(body, thread), textAt(body, resourceId) ?? valueAt(body, resource));
}

function named(thread: unknown, resource: unknown): string | undefined {
  if (thread === undefined && resource === undefined) return undefined;
  const name = JSON.stringify([resource, thread]);
  return name.length <= MAX_NAME_LENGTH ? name : hash('sha256', name, 'base64url');
}

function objectIn(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function textAt(body: string, member: Member | undefined): string | undefined {
  const value = valueAt(body, member);
  return typeof value === 'string' ? value : undefined;
}

/** Returns the value of a member. A text too long to be a name is not parsed and stands for itself. */
function valueAt(body: string, member: Member | undefined): unknown {
  if (member === undefined) return undefined;
  const text = body.slice(member.start, member.end);
  if (text.length > 2 * MAX_NAME_LENGTH) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
