import { setTimeout as pause } from 'node:timers/promises';

/** What a scripted agent does with every call. */
export type Behaviour =
  /** Answers `echo from <id>: <last words of the user>`, one word per chunk. */
  | 'echo'
  /** Calls its first tool once, then answers like `echo`. */
  | 'use-tool'
  /** Calls its tool `ask` once, then says what that said. */
  | 'ask'
  /** Throws before the first word. */
  | 'fail'
  /** Says two words, then fails. */
  | 'fail-midway'
  /** Says nothing until it is aborted. */
  | 'hang';

export interface ModelCounts {
  calls: number;
  aborted: number;
}

/** Told of every run of an agent, before its first word: the last words of its user. */
export type OnRun = (words: string) => void;

/** What is common to the calls of both generations of models. */
export interface Prompted {
  readonly prompt: readonly { readonly role: string; readonly content: unknown }[];
  readonly abortSignal?: AbortSignal;
}

export type Part = Readonly<Record<string, unknown>> & { readonly type: string };

/** The tool that is called before the answer. */
const TOOLS: Partial<Record<Behaviour, string>> = { 'use-tool': 'clock', ask: 'ask' };

const USAGE = { inputTokens: 3, outputTokens: 5, totalTokens: 8 };

/** Yields what the model says, as parts of a stream of specification v2. */
export async function* scriptedParts(
  id: string,
  behaviour: Behaviour,
  chunkDelayMs: number,
  counts: ModelCounts,
  { prompt, abortSignal }: Prompted,
): AsyncGenerator<Part> {
  counts.calls += 1;
  abortSignal?.addEventListener('abort', () => (counts.aborted += 1), { once: true });
  if (behaviour === 'fail') throw new Error('The scripted model fails on purpose.');
  if (behaviour === 'hang') await pause(600_000, undefined, signalOption(abortSignal));
  const toolName = TOOLS[behaviour];
  if (toolName !== undefined && prompt.at(-1)?.role !== 'tool') {
    yield { type: 'tool-call', toolCallId: 'call-1', toolName, input: '{}' };
    yield { type: 'finish', finishReason: 'tool-calls', usage: USAGE };
    return;
  }
  const said = behaviour === 'ask' ? toolResult(prompt) : lastWords(prompt);
  yield { type: 'text-start', id: '1' };
  for (const [index, word] of `echo from ${id}: ${said}`.split(/(?<= )/).entries()) {
    if (behaviour === 'fail-midway' && index === 2) throw new Error('The scripted model fails halfway.');
    if (chunkDelayMs > 0) await pause(chunkDelayMs, undefined, signalOption(abortSignal));
    yield { type: 'text-delta', id: '1', delta: word };
  }
  yield { type: 'text-end', id: '1' };
  yield { type: 'finish', finishReason: 'stop', usage: USAGE };
}

/** A deterministic language model (specification v2) that counts its calls and the aborts that reach it. */
export function scriptedModel(
  id: string,
  behaviour: Behaviour,
  chunkDelayMs: number,
  counts: ModelCounts,
  onRun: OnRun,
) {
  const parts = (options: Prompted) => {
    onRun(lastWords(options.prompt));
    return scriptedParts(id, behaviour, chunkDelayMs, counts, options);
  };
  return {
    specificationVersion: 'v2' as const,
    provider: 'scripted',
    modelId: id,
    supportedUrls: {},
    doGenerate: async (options: Prompted) => collected(parts(options)),
    doStream: (options: Prompted) =>
      Promise.resolve({ stream: ReadableStream.from(started(parts(options))), warnings: [] }),
  };
}

async function collected(parts: AsyncIterable<Part>) {
  const content: Part[] = [];
  let text = '';
  let finishReason: unknown;
  for await (const part of parts) {
    if (part.type === 'text-delta') text += String(part['delta']);
    if (part.type === 'tool-call') content.push(part);
    if (part.type === 'finish') finishReason = part['finishReason'];
  }
  if (text !== '') content.push({ type: 'text', text });
  return { content, finishReason, usage: USAGE, warnings: [] };
}

async function* started(parts: AsyncIterable<Part>): AsyncGenerator<Part> {
  yield { type: 'stream-start', warnings: [] };
  yield* parts;
}

function signalOption(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

export function lastWords(prompt: Prompted['prompt']): string {
  const content = prompt.findLast(({ role }) => role === 'user')?.content;
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part: { text?: string }) => part.text ?? '').join('');
}

function toolResult(prompt: Prompted['prompt']): string {
  const [part] = (prompt.at(-1)?.content ?? []) as { output?: { value?: unknown } }[];
  const value = part?.output?.value;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
