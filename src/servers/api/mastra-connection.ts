import type { MastraClient, RequestOptions } from '@mastra/client-js';
import { z } from 'zod';
import { Failure, OutcomeUnknown } from '../../base/failure/failure.ts';
import { parseJson, PASSED_SHAPE, UnreadableJson } from '../../base/bodies/parse-json.ts';
import { ForeignReply } from './call-failures.ts';
import { Refusal, refusalFailure, refusing } from './refusal.ts';
import type { Shown } from './shown-text.ts';

/** The server seems to want the older calls for this agent; `failure` says it to the caller if that is not so. */
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
  /** Such as `generate`; below the agent's own path. */
  readonly action: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly onHeaders?: (headers: Headers) => void;
  readonly signal: AbortSignal;
}

/**
 * One Mastra server, spoken to through one client that is loaded by the first call and then kept.
 *
 * It uses the client's `request`, not its `generate` and `stream`: those run client-side tools, which we never have, and
 * `stream` copies the whole message so far for every chunk, logs errors instead of throwing them, and takes a lost
 * connection for the end.
 */
export class MastraConnection {
  readonly server: string;
  /** Makes of what the server says what callers may be shown. */
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

  /** The JSON that the server replies. */
  async post(options: PostOptions): Promise<unknown> {
    const response = await this.#send(options);
    try {
      return parseJson(await response.text(), PASSED_SHAPE);
    } catch (error) {
      throw this.#translated(error, options.agentId);
    }
  }

  /** The body that the server streams. */
  async postForStream(options: PostOptions): Promise<ReadableStream<Uint8Array>> {
    const { body } = await this.#send(options);
    if (body === null) throw new ForeignReply(this.server, 'an empty reply', 'maybe');
    return body;
  }

  /** Whether the server lists the agent with a model of the older kind, which the present calls never run. */
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
      // The client puts the id into the URL as it is.
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
