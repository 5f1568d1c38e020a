import { expect, it } from 'vitest';
import type { AgentCall, AgentChunk, AgentClient } from '../../../src/agents/agent-client.ts';

/** What a server must have ready for the contract: the ids of its agents, and what to say to each. */
export interface ContractServer {
  readonly client: () => AgentClient;
  /** Answers `text` in at least two chunks. */
  readonly answers: Target & { readonly text: string };
  /** Calls the tool `clock`, then answers. */
  readonly usesTool: Target;
  /** Fails with the message `The scripted model fails on purpose`. */
  readonly fails: Target;
}

interface Target {
  readonly agentId: string;
  readonly says: string;
}

/** What every AgentClient does, whatever the server behind it. */
export function agentClientContract({ client, answers, usesTool, fails }: ContractServer): void {
  it('generates an answer with its finish reason and usage', async () => {
    const reply = await client().generate(callOf(answers));
    expect(reply).toMatchObject({
      text: answers.text,
      finishReason: 'stop',
      usage: { inputTokens: 3, outputTokens: 5, totalTokens: 8 },
      toolCalls: [],
    });
    expect(reply.raw).toMatchObject({ text: answers.text });
  });

  it('streams the same answer chunk by chunk', async () => {
    const seen: AgentChunk[] = [];
    const reply = await client().stream(callOf(answers), (chunk) => seen.push(chunk));
    expect(reply).toMatchObject({
      text: answers.text,
      finishReason: 'stop',
      usage: { inputTokens: 3, outputTokens: 5, totalTokens: 8 },
      toolCalls: [],
      raw: [],
    });
    const texts = seen.flatMap((chunk) => (chunk.type === 'text' ? [chunk.text] : []));
    expect(texts.length).toBeGreaterThan(1);
    expect(texts.join('')).toBe(answers.text);
    expect(seen.length).toBe(reply.chunks);
    expect(seen.filter(({ type }) => type === 'finish')).toHaveLength(1);
    expect(reply.timings.totalMs).toBeGreaterThanOrEqual(reply.timings.firstTextMs ?? Infinity);
  });

  it('keeps the chunks of a stream as they came when asked', async () => {
    const reply = await client().stream({ ...callOf(answers), includeRaw: true }, () => undefined);
    expect(reply.raw).toHaveLength(reply.chunks);
  });

  it('names the tools that the agent called', async () => {
    expect((await client().generate(callOf(usesTool))).toolCalls).toEqual([{ name: 'clock' }]);
    const seen: AgentChunk[] = [];
    const streamed = await client().stream(callOf(usesTool), (chunk) => seen.push(chunk));
    expect(streamed.toolCalls).toEqual([{ name: 'clock' }]);
    expect(seen).toContainEqual({ type: 'tool-call', name: 'clock' });
  });

  it('fails with what the agent says, without its stack trace', async () => {
    for (const attempt of [client().generate(callOf(fails)), client().stream(callOf(fails), () => undefined)]) {
      const failure = attempt.then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(await failure).toMatchObject({ code: 'AGENT_ERROR', reached: 'yes' });
      expect(String(await failure)).toContain('The scripted model fails on purpose');
      expect(String(await failure)).not.toMatch(/\n|\.ts|\.mjs/);
    }
  });

  it('knows that an unknown agent was not reached', async () => {
    const unknown = callOf({ agentId: 'nope', says: 'hi' });
    const expected = { code: 'AGENT_NOT_FOUND', reached: 'no' };
    await expect(client().generate(unknown)).rejects.toMatchObject(expected);
    await expect(client().stream(unknown, () => undefined)).rejects.toMatchObject(expected);
  });
}

export function callOf({ agentId, says }: Target, signal = new AbortController().signal): AgentCall {
  return { agentId, messages: [{ role: 'user', content: says }], signal };
}
