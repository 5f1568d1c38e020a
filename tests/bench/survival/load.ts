import { setTimeout as pass } from 'node:timers/promises';
import type { Program } from '../../e2e/program.ts';
import { AGENT } from './patient.ts';

/** One attempt at a call, as the answer tells of it. */
export interface Attempt {
  readonly nextHop: string;
  readonly outcome: string;
  readonly ms: number;
}

/** How one call went. */
export interface Outcome {
  /** What its agent was told, and wrote into the ledger of its server. */
  readonly id: string;
  /** Whether it was said to be harmless, so that it may run twice. */
  readonly harmless: boolean;
  readonly startedAt: number;
  readonly endedAt: number;
  /** Undefined when it was answered. */
  readonly code: string | undefined;
  /** What the client said instead, when the router said nothing at all. */
  readonly unanswered?: string;
  readonly attempts: readonly Attempt[];
}

const CALLS_PER_SECOND = 50;
/** How long one attempt of a call may take; a harmless call may have one at each server. */
export const ATTEMPT_MS = 4_000;
const SERVERS = 3;
const TICK_MS = 10;

/** Calls one agent at a steady rate, however the calls go; every other one is said to be harmless. */
export class Load {
  readonly outcomes: Outcome[] = [];
  readonly #program: Program;
  readonly #running = new Set<Promise<void>>();
  #lost: unknown;
  #asked = 0;

  constructor(program: Program) {
    this.#program = program;
  }

  /** Calls until the signal, and resolves when the last call has ended; rejects when the router has. */
  async run(signal: AbortSignal): Promise<void> {
    const started = performance.now();
    while (!signal.aborted) {
      const due = ((performance.now() - started) / 1_000) * CALLS_PER_SECOND;
      while (this.#asked < due) this.#begin();
      await pass(TICK_MS);
      this.#check();
    }
    await Promise.all(this.#running);
    this.#check();
  }

  #check(): void {
    if (this.#lost !== undefined) throw new Error('the load cannot go on', { cause: this.#lost });
  }

  #begin(): void {
    const number = this.#asked++;
    const running = this.#call(`call-${number}`, number % 2 === 0)
      .catch((error: unknown) => {
        this.#lost = error;
      })
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async #call(id: string, harmless: boolean): Promise<void> {
    const limits = harmless ? { retry: 'always', timeoutMs: ATTEMPT_MS * SERVERS } : { timeoutMs: ATTEMPT_MS };
    const startedAt = performance.now();
    const { client } = this.#program;
    const args = { targetAgentId: AGENT, messages: [{ role: 'user', content: id }], ...limits };
    const answer = await client.callTool({ name: 'agent-proxy', arguments: args }).catch((error: unknown) => {
      if (client.transport === undefined) throw new Error(`the router ended during ${id}`, { cause: error });
      return String(error);
    });
    if (typeof answer === 'string') {
      const code = 'NO_ANSWER';
      this.outcomes.push({
        id,
        harmless,
        startedAt,
        endedAt: performance.now(),
        code,
        unanswered: answer,
        attempts: [],
      });
      return;
    }
    const { content, structuredContent } = answer;
    const [item] = content as { text: string }[];
    const said = (structuredContent ?? JSON.parse(item?.text ?? '{}')) as {
      code?: string;
      attempts?: readonly Attempt[];
      responseData?: { text?: string };
    };
    const isAnswered = said.responseData?.text === `echo from ${AGENT}: ${id}`;
    const code = isAnswered ? undefined : (said.code ?? 'WRONG_ANSWER');
    const endedAt = performance.now();
    this.outcomes.push({ id, harmless, startedAt, endedAt, code, attempts: said.attempts ?? [] });
  }
}
