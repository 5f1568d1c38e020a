import type { ToolFailure } from '../program.ts';
import { AGENT, type LiveNetwork } from './live-network.ts';

/** What became of one call. */
export interface Outcome {
  readonly startedAt: number;
  /** The code of its failure, or undefined when it was answered. */
  readonly code: string | undefined;
  /** Whether the answer was to the question. */
  readonly right: boolean;
}

/** One caller that asks the agent one thing after the other, and remembers every answer. */
export class Load {
  readonly outcomes: Outcome[] = [];
  readonly #network: LiveNetwork;
  readonly #from: number;
  readonly #done: Promise<void>;
  #stopped = false;

  constructor(network: LiveNetwork, from: number) {
    this.#network = network;
    this.#from = from;
    this.#done = this.#run();
  }

  /** Failures of calls that began after a time. */
  failuresSince(time: number): Outcome[] {
    return this.outcomes.filter(({ startedAt, code }) => startedAt >= time && code !== undefined);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#done;
  }

  async #run(): Promise<void> {
    for (let count = 1; !this.#stopped; count++) this.outcomes.push(await this.#ask(`question ${count}`));
  }

  async #ask(content: string): Promise<Outcome> {
    const startedAt = performance.now();
    const interactionType = content.endsWith('5') ? 'stream' : 'generate';
    const {
      isError,
      structuredContent,
      content: items,
    } = await this.#network.router(this.#from).client.callTool({
      name: 'agent-proxy',
      arguments: { targetAgentId: AGENT, interactionType, messages: [{ role: 'user', content }] },
    });
    if (isError === true) {
      const [item] = items as { text: string }[];
      return { startedAt, code: (JSON.parse(item?.text ?? '{}') as ToolFailure).code, right: false };
    }
    const { responseData } = structuredContent as { responseData: { text: string } };
    return { startedAt, code: undefined, right: responseData.text === `echo from ${AGENT}: ${content}` };
  }
}
