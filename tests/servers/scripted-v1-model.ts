import {
  lastWords,
  scriptedParts,
  type Behaviour,
  type ModelCounts,
  type OnRun,
  type Part,
  type Prompted,
} from './scripted-model.ts';

const USAGE = { promptTokens: 3, completionTokens: 5 };
const RAW_CALL = { rawPrompt: null, rawSettings: {} };

/** The same model as `scriptedModel` in the older form (specification v1), which needs Mastra's legacy calls. */
export function scriptedV1Model(
  id: string,
  behaviour: Behaviour,
  chunkDelayMs: number,
  counts: ModelCounts,
  onRun: OnRun,
) {
  const parts = (options: Prompted) => {
    onRun(lastWords(options.prompt));
    return v1Parts(scriptedParts(id, behaviour, chunkDelayMs, counts, options));
  };
  return {
    specificationVersion: 'v1' as const,
    provider: 'scripted',
    modelId: id,
    defaultObjectGenerationMode: undefined,
    doGenerate: async (options: Prompted) => {
      let text = '';
      const toolCalls: Part[] = [];
      let finishReason: unknown;
      for await (const part of parts(options)) {
        if (part.type === 'text-delta') text += String(part['textDelta']);
        if (part.type === 'tool-call') toolCalls.push(part);
        if (part.type === 'finish') finishReason = part['finishReason'];
      }
      return { text, toolCalls, finishReason, usage: USAGE, rawCall: RAW_CALL };
    },
    doStream: async (options: Prompted) => {
      const rest = parts(options);
      // A model that fails at once rejects here, one that fails later says so inside its stream.
      const first = await rest.next();
      return { stream: ReadableStream.from(withErrorPart(first.value, rest)), rawCall: RAW_CALL };
    },
  };
}

async function* v1Parts(parts: AsyncIterable<Part>): AsyncGenerator<Part, undefined> {
  for await (const part of parts) {
    if (part.type === 'text-delta') yield { type: 'text-delta', textDelta: part['delta'] };
    if (part.type === 'tool-call') {
      const { toolCallId, toolName, input } = part;
      yield { type: 'tool-call', toolCallType: 'function', toolCallId, toolName, args: input };
    }
    if (part.type === 'finish') yield { type: 'finish', finishReason: part['finishReason'], usage: USAGE };
  }
}

async function* withErrorPart(first: Part | undefined, rest: AsyncIterable<Part>): AsyncGenerator<Part, undefined> {
  if (first !== undefined) yield first;
  try {
    yield* rest;
  } catch (error) {
    yield { type: 'error', error };
  }
}
