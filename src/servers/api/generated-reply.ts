import { z } from 'zod';
import type { AgentReply, Usage } from './agent-client.ts';
import { AgentFailed, ForeignReply } from './call-failures.ts';
import type { MastraConnection } from './mastra-connection.ts';
import { messageOf } from './refusal.ts';
import { MAX_TOOL_CALLS, shownReason, shownTool } from './shown-reply.ts';

const count = z.number().optional().catch(undefined);

const usageSchema = z
  .object({ inputTokens: count, outputTokens: count, promptTokens: count, completionTokens: count, totalTokens: count })
  .optional()
  .catch(undefined);

const toolCallsSchema = z
  .array(z.object({ toolName: z.string().optional(), payload: z.object({ toolName: z.string() }).optional() }))
  .optional()
  .catch(undefined);

const replySchema = z.object({
  text: z.string(),
  finishReason: z.string().optional().catch(undefined),
  usage: z.unknown().optional(),
  toolCalls: toolCallsSchema,
  steps: z
    .array(z.object({ toolCalls: toolCallsSchema }))
    .optional()
    .catch(undefined),
  error: z.unknown().optional(),
});

/** The server that replied, and the filter for its texts. */
export type Answering = Pick<MastraConnection, 'server' | 'shown'>;

/** Reads the reply of `generate`, in the form of either generation. */
export function generatedReply(raw: unknown, agentId: string, { server, shown }: Answering): AgentReply {
  const parsed = replySchema.safeParse(raw);
  if (!parsed.success) throw new ForeignReply(server, 'its reply has no text', 'maybe');
  const { text, finishReason, usage, toolCalls, steps, error } = parsed.data;
  if (finishReason === 'error') throw new AgentFailed(agentId, shown(messageOf(error)));
  const made = steps?.flatMap((step) => step.toolCalls ?? []) ?? toolCalls ?? [];
  return {
    text,
    ...(finishReason === undefined ? {} : { finishReason: shownReason(finishReason) }),
    ...withUsage(usage),
    toolCalls: made.slice(0, MAX_TOOL_CALLS).flatMap(({ toolName, payload }) => {
      const name = payload?.toolName ?? toolName;
      return name === undefined ? [] : [{ name: shownTool(name) }];
    }),
    raw,
  };
}

/** Returns token counts under one set of names; empty if the server does not count. */
export function withUsage(raw: unknown): { usage?: Usage } {
  const counts = usageSchema.parse(raw) ?? {};
  const inputTokens = counts.inputTokens ?? counts.promptTokens;
  const outputTokens = counts.outputTokens ?? counts.completionTokens;
  const totalTokens = counts.totalTokens ?? (inputTokens ?? NaN) + (outputTokens ?? NaN);
  const known = Object.entries({ inputTokens, outputTokens, totalTokens }).filter(([, tokens]) =>
    Number.isFinite(tokens),
  );
  return known.length === 0 ? {} : { usage: Object.fromEntries(known) };
}
