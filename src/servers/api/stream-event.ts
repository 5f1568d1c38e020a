import { z } from 'zod';
import { CALL_SHAPE, parseJson } from '../../base/bodies/parse-json.ts';
import type { AgentChunk } from './agent-client.ts';
import { withUsage } from './generated-reply.ts';
import { messageOf } from './refusal.ts';
import { shownReason, shownTool } from './shown-reply.ts';

/** The content of one line of a stream. */
export type StreamEvent = AgentChunk | { readonly type: 'error'; readonly message: string };

/**
 * Reads one line of a stream. It accepts server-sent events (`data: {"type": …}`), used since 0.20, and the older data
 * stream (`0:"text"`), which 0.10 and models of the older kind still send. Returns undefined for a line without
 * content. Throws for a line of neither form.
 */
export function streamEvent(line: string): { readonly event: StreamEvent; readonly raw: unknown } | undefined {
  if (line.startsWith('data:')) {
    const data = line.slice(5).trim();
    if (data === '[DONE]') return undefined;
    const raw: unknown = parseJson(data, CALL_SHAPE);
    return { event: sentEvent(raw), raw };
  }
  if (line === '' || /^(?::|event:|id:|retry:)/.test(line)) return undefined;
  if (!/^[0-9a-k]:/.test(line)) throw new SyntaxError('The line has no known form.');
  const raw: unknown = parseJson(line.slice(2), CALL_SHAPE);
  return { event: dataStreamPart(line.charAt(0), raw), raw };
}

const sentSchema = z.object({ type: z.string(), payload: z.unknown().optional() });
const textSchema = z.object({ text: z.string() });
const toolCallSchema = z.object({ toolName: z.string() });
const finishSchema = z.object({
  stepResult: z.object({ reason: z.string().optional() }).optional(),
  output: z.object({ usage: z.unknown().optional() }).optional(),
});

function sentEvent(raw: unknown): StreamEvent {
  const { type, payload } = sentSchema.parse(raw);
  switch (type) {
    case 'text-delta':
      return { type: 'text', text: textSchema.parse(payload).text };
    case 'tool-call':
      return { type: 'tool-call', name: shownTool(toolCallSchema.parse(payload).toolName) };
    case 'error':
      return { type: 'error', message: messageOf(payload) };
    case 'finish': {
      const { stepResult, output } = finishSchema.parse(payload);
      return finish(stepResult?.reason, output?.usage);
    }
    default:
      return { type: 'other', name: type };
  }
}

const partSchema = z
  .object({ toolName: z.string().optional(), finishReason: z.string().optional(), usage: z.unknown().optional() })
  .catch({ usage: undefined });

function dataStreamPart(code: string, raw: unknown): StreamEvent {
  switch (code) {
    case '0':
      return { type: 'text', text: typeof raw === 'string' ? raw : '' };
    case '3':
      return { type: 'error', message: messageOf(raw) };
    case '9':
      return { type: 'tool-call', name: shownTool(partSchema.parse(raw).toolName ?? '') };
    case 'd': {
      const { finishReason, usage } = partSchema.parse(raw);
      return finish(finishReason, usage);
    }
    default:
      return { type: 'other', name: code };
  }
}

function finish(reason: string | undefined, usage: unknown): StreamEvent {
  if (reason === 'error') return { type: 'error', message: '' };
  return {
    type: 'finish',
    ...(reason === undefined ? {} : { finishReason: shownReason(reason) }),
    ...withUsage(usage),
  };
}
