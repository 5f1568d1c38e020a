import type { MastraClient, RequestOptions } from '@mastra/client-js';
import { z } from 'zod';
import { Failure, OutcomeUnknown } from '../../base/failure/failure.ts';
import { parseJson, PASSED_SHAPE, UnreadableJson } from '../../base/bodies/parse-json.ts';
import { ForeignReply } from './call-failures.ts';
import { Refusal, refusalFailure, refusing } from './refusal.ts';
import type { Shown } from './shown-text.ts';

/** The server seems to require legacy calls for this agent. `failure` goes to the caller if that is not confirmed. */
export class LegacyCallsWanted extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

const detailsSchema = z.object({ modelVersion: z.unknown() });

export interface PostOptions {
  readonly agentId: string;
  /** Path segment below the agent's path, such as `generate`. */
  readonly action: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly onHeaders?: (headers: Headers) => void;
  readonly signal: AbortSignal;
}

/**
 * Connection to one Mastra server. The first call loads its client, which is then kept.
 *
 * It uses the client's `request`, not its `generate` and `stream`. Those run client-side tools, which this router never
 * has. `stream` also copies the whole message for every chunk, logs errors instead of throwing them, and takes a lost
 * connection for the end.
 */
export class MastraConnection {
  readonly server: string;
  /** Filters the server's texts before callers see them. */
  readonly shown: Shown;
  readonly #baseUrl: string;
  readonly #fetch: typeof globalThis.fetch;
  #client: Promise<MastraClient> | undefined;

  constructor(baseUrl: string, fetch: typeof globalThis.fetch, shown: Shown) {
    this.server = new URL(baseUrl).origin;
    this.shown = shown;
    this.#baseUrl = baseUrl;
    this.#fetch = refusing(fetch, shown);
  }

  /** Returns the JSON of the server's reply. */
  async post(options: PostOptions): Promise<unknown> {
    const response = await this.#send(options);
    try {
      return parseJson(await response.text(), PASSED_SHAPE);
    } catch (error) {
      throw this.#translated(error, options.agentId);
    }
  }

  /** Returns the body of the server's streamed reply. */
  async postForStream(options: PostOptions): Promise<ReadableStream<Uint8Array>> {
    const { body } = await this.#send(options);
    if (body === null) throw new ForeignReply(this.server, 'an empty reply', 'maybe');
    return body;
  }

  /** Returns true if the server lists the agent with a model of the older kind, which current calls never run. */
  async hasLegacyModel(agentId: string, signal: AbortSignal): Promise<boolean> {
    const response = await this.#request<Response>(agentId, '', { signal, stream: true });
    try {
      return detailsSchema.parse(parseJson(await response.text(), PASSED_SHAPE)).modelVersion === 'v1';
    } catch (error) {
      throw this.#translated(error, agentId);
    }
  }

  async #send({ agentId, action, body, headers, onHeaders, signal }: PostOptions): Promise<Response> {
    const options = { method: 'POST', body, headers: { ...headers }, signal, stream: true };
    const response = await this.#request<Response>(agentId, `/${action}`, options);
    onHeaders?.(response.headers);
    return response;
  }

  async #request<T>(agentId: string, action: string, options: RequestOptions): Promise<T> {
    const client = await (this.#client ??= this.#open());
    try {
      // The client inserts the id into the URL without encoding it.
      return await client.request<T>(`/agents/${encodeURIComponent(agentId)}${action}`, options);
    } catch (error) {
      throw this.#translated(error, agentId);
    }
  }

  async #open(): Promise<MastraClient> {
    const { MastraClient } = await import('@mastra/client-js');
    return new MastraClient({ baseUrl: this.#baseUrl, retries: 0, fetch: this.#fetch });
  }

  #translated(error: unknown, agentId: string): unknown {
    if (error instanceof Refusal) {
      const failure = refusalFailure(error, agentId, this.server);
      return error.speaksOfLegacyCalls ? new LegacyCallsWanted(failure) : failure;
    }
    if (error instanceof UnreadableJson) return new ForeignReply(this.server, `its reply ${error.message}`, 'maybe');
    if (error instanceof Failure) return error.reached === 'maybe' ? new OutcomeUnknown(error) : error;
    return new ForeignReply(this.server, error instanceof Error ? error.name : 'an unknown error', 'maybe');
  }
}
