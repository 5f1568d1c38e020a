import { setTimeout as pass } from 'node:timers/promises';
import type { ToolFailure } from '../../e2e/program.ts';
import type { Random } from '../../../src/core/simulator/random.ts';
import { FIRST_ASN, ROUTERS, type SoakNetwork } from './soak-network.ts';

/** What a caller may be told while agents and ways to them come and go. */
const CLEAR_CODES = ['AGENT_NOT_FOUND', 'SERVER_UNAVAILABLE', 'AGENT_ERROR', 'TIMEOUT'];

interface Answer {
  readonly responseData: { readonly text: string };
  readonly routeMetrics: { readonly asPath: readonly number[] };
}

/** Callers at all routers, which ask all kinds of agents, and hold every answer to the question. */
export class Callers {
  answered = 0;
  /** Failures that a caller can make sense of, by code. */
  readonly failed: Record<string, number> = {};
  /** What must not have been. */
  readonly wrong: string[] = [];
  readonly #network: SoakNetwork;
  #asked = 0;

  constructor(network: SoakNetwork) {
    this.#network = network;
  }

  get calls(): number {
    return this.#asked;
  }

  /** One caller per router asks one thing after the other until the signal. */
  async run(random: Random, signal: AbortSignal): Promise<void> {
    const caller = async (router: number) => {
      while (!signal.aborted) {
        const code = await this.ask(router, target(random), random.below(3) === 0 ? 'stream' : 'generate');
        if (code !== undefined) this.failed[code] = (this.failed[code] ?? 0) + 1;
        if (code !== undefined && !CLEAR_CODES.includes(code)) this.wrong.push(`a call failed with ${code}`);
        await pass(random.between(20, 200));
      }
    };
    await Promise.all(Array.from({ length: ROUTERS }, (_, router) => caller(router)));
  }

  /** Every router calls what every server always has, which nothing can hinder now. */
  async expectAll(): Promise<void> {
    for (let router = 0; router < ROUTERS; router++) {
      for (let server = 0; server < ROUTERS; server++) {
        for (const targetAgentId of [`steady-${server}`, `team/${server}`, 'shared']) {
          const code = await this.ask(router, targetAgentId, 'generate');
          if (code !== undefined) this.wrong.push(`at rest, router ${router} calls ${targetAgentId}: ${code}`);
        }
      }
    }
  }

  /** Resolves with the code of the failure, if it is one. */
  async ask(router: number, targetAgentId: string, interactionType: string): Promise<string | undefined> {
    const question = `question ${++this.#asked}`;
    const messages = [{ role: 'user', content: question }];
    const program = this.#network.programs[router];
    if (program === undefined) throw new Error(`there is no router ${router}`);
    const result = await program.client.callTool({
      name: 'agent-proxy',
      arguments: { targetAgentId, interactionType, messages },
    });
    if (result.isError === true) {
      const [item] = result.content as { text: string }[];
      return (JSON.parse(item?.text ?? '{}') as Partial<ToolFailure>).code ?? 'no code';
    }
    this.answered++;
    const answer = result.structuredContent as Answer;
    if (!isRight(answer, router, targetAgentId, question)) {
      this.wrong.push(`router ${router} asked ${targetAgentId} "${question}" and got ${JSON.stringify(answer)}`);
    }
    return undefined;
  }
}

function target(random: Random): string {
  const server = random.below(ROUTERS);
  return random.pick([
    `steady-${server}`,
    `as${FIRST_ASN + server}:steady-${server}`,
    `team/${server}`,
    `looks/${server}/1`,
    'shared',
    `guest-${server}-${random.below(4)}`,
  ]);
}

/** Whether the answer is to the question, and from an agent of that name or capability that is where the path says. */
function isRight({ responseData, routeMetrics }: Answer, router: number, asked: string, question: string): boolean {
  const [, wanted = ''] = /^(?:as\d+:)?(.*)$/.exec(asked) ?? [];
  const [, agent = '', answered] = /^echo from (\S+): (.*)$/.exec(responseData.text) ?? [];
  const [, runsAt] = /-(\d)/.exec(agent) ?? [];
  const [, belongsTo] = /\/(\d)/.exec(wanted) ?? [];
  const isNamed = belongsTo === undefined ? agent === wanted : runsAt === belongsTo;
  const origin = routeMetrics.asPath.at(-1);
  const isThere = runsAt === undefined || Number(runsAt) === router || origin === FIRST_ASN + Number(runsAt);
  return isNamed && isThere && answered === question;
}
