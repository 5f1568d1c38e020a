import { Failure } from '../../base/failure/failure.ts';
import type { AgentCall, AgentChunk, StreamReply } from './agent-client.ts';
import { AgentFailed, ForeignReply, PartialStream } from './call-failures.ts';
import type { Answering } from './generated-reply.ts';
import { lines } from './lines.ts';
import { MAX_TOOL_CALLS } from './shown-reply.ts';
import { streamEvent, type StreamEvent } from './stream-event.ts';

type Finish = Extract<AgentChunk, { type: 'finish' }>;

/** Collects a stream as it arrives. The stream is complete only if its `finish` arrived; any other end is a failure. */
export class CollectedStream {
  readonly #call: AgentCall;
  readonly #answering: Answering;
  readonly #onChunk: (chunk: AgentChunk) => void;
  readonly #startedAt = performance.now();
  readonly #toolCalls: { name: string }[] = [];
  readonly #raw: unknown[] = [];
  #text = '';
  #chunks = 0;
  #firstTextMs: number | undefined;
  #finish: Finish | undefined;

  /** Starts the clock of the timings, so create this before the request is sent. */
  constructor(call: AgentCall, answering: Answering, onChunk: (chunk: AgentChunk) => void) {
    this.#call = call;
    this.#answering = answering;
    this.#onChunk = onChunk;
  }

  async read(body: AsyncIterable<Uint8Array>): Promise<StreamReply> {
    try {
      // Also read past the finish, so that the connection can be reused.
      for await (const line of lines(body)) this.#take(line);
    } catch (error) {
      if (this.#finish === undefined) throw this.#failure(error);
    }
    if (this.#finish === undefined) throw this.#partial(undefined);
    return this.#reply(this.#finish);
  }

  #take(line: string): void {
    const read = streamEvent(line);
    if (read === undefined) return;
    if (this.#call.includeRaw === true) this.#raw.push(read.raw);
    this.#keep(read.event);
  }

  #keep(event: StreamEvent): void {
    switch (event.type) {
      case 'error':
        throw new AgentFailed(this.#call.agentId, this.#answering.shown(event.message));
      case 'text':
        this.#firstTextMs ??= this.#elapsedMs();
        this.#text += event.text;
        break;
      case 'tool-call':
        if (this.#toolCalls.length < MAX_TOOL_CALLS) this.#toolCalls.push({ name: event.name });
        break;
      case 'finish':
        this.#finish = event;
        break;
      case 'other':
    }
    this.#chunks += 1;
    this.#onChunk(event);
  }

  #reply({ type: _, ...finish }: Finish): StreamReply {
    return { ...this.#said(), ...finish, toolCalls: this.#toolCalls, raw: this.#raw };
  }

  #said(): Pick<StreamReply, 'text' | 'chunks' | 'timings'> {
    return {
      text: this.#text,
      chunks: this.#chunks,
      timings: {
        ...(this.#firstTextMs === undefined ? {} : { firstTextMs: this.#firstTextMs }),
        totalMs: this.#elapsedMs(),
      },
    };
  }

  #failure(error: unknown): Failure {
    const cause =
      error instanceof Failure ? error : new ForeignReply(this.#answering.server, 'a chunk cannot be read', 'maybe');
    return this.#chunks === 0 ? cause : this.#partial(cause);
  }

  #partial(cause: Failure | undefined): PartialStream {
    return new PartialStream(this.#call.agentId, this.#said(), cause);
  }

  #elapsedMs(): number {
    return Math.round((performance.now() - this.#startedAt) * 10) / 10;
  }
}
