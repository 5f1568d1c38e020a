import { expect, it } from 'vitest';
import type { Failure } from '../../../src/base/failure/failure.ts';
import type { Conversation } from '../../../src/data-plane/forwarding/call.ts';
import { readTransitContext } from '../../../src/data-plane/forwarding/transit-context.ts';
import type { Hop } from '../../../src/data-plane/forwarding/hop.ts';
import type { AgentChunk, AgentReply, StreamReply } from '../../../src/servers/api/agent-client.ts';
import type { ServerClient } from '../../../src/servers/server-client.ts';

/** Fixtures of a server for the contract: the ids of its agents, and the message for each. */
export interface ContractServer {
  readonly client: () => ServerClient;
  readonly hopTo: (agentId: string) => Hop;
  /** Answers `text` in at least two chunks. */
  readonly answers: Target & { readonly text: string };
  /** Calls the tool `clock`, then answers. */
  readonly usesTool: Target;
  /** Fails with the message `The scripted model fails on purpose`. */
  readonly fails: Target;
  /** Actions that another router requests. */
  readonly actions: { readonly generate: string; readonly stream: string };
}

interface Target {
  readonly agentId: string;
  readonly says: string;
}

const { signal } = new AbortController();
const transit = readTransitContext(() => undefined);

/** Contract of every client of a server, whatever the kind of the server. */
export function serverClientContract(server: ContractServer): void {
  listingContract(server);
  callContract(server);
  relayContract(server);
}

function listingContract({ client, answers }: ContractServer): void {
  it('lists its agents, and reads a listing that a probe has requested in the same way', async () => {
    const listing = await client().list(signal);
    expect(listing.agents.map(({ id }) => id)).toContain(answers.agentId);
    let text = '';
    await client().probe(signal, (seen) => {
      text = seen;
      return true;
    });
    expect(client().read(JSON.parse(text) as object)).toEqual(listing);
  });

  it('is measured by its listing, and fails the probe if that is invalid', async () => {
    const { responseTimeMs, load } = await client().probe(signal, () => true);
    expect(responseTimeMs).toBeGreaterThan(0);
    expect(load).toEqual({ queueDepth: 0, cpuUsage: 0 });
    await expect(client().probe(signal, () => false)).rejects.toMatchObject({
      code: 'SERVER_UNAVAILABLE',
      blames: 'server',
    });
  });
}

function callContract(server: ContractServer): void {
  const { answers, usesTool, fails } = server;
  const generate = (target: Target): Promise<AgentReply> => called(server, target, { interactionType: 'generate' });
  const stream = (target: Target, options: Partial<Conversation> = {}, onChunk?: (chunk: AgentChunk) => void) =>
    called(server, target, { ...options, interactionType: 'stream' }, onChunk) as Promise<StreamReply>;

  it('generates an answer with its finish reason and usage', async () => {
    const reply = await generate(answers);
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
    const reply = await stream(answers, {}, (chunk) => seen.push(chunk));
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

  it('keeps the raw chunks of a stream on request', async () => {
    const reply = await stream(answers, { includeRaw: true });
    expect(reply.raw).toHaveLength(reply.chunks);
  });

  it('names the tools that the agent called', async () => {
    expect((await generate(usesTool)).toolCalls).toEqual([{ name: 'clock' }]);
    const seen: AgentChunk[] = [];
    const streamed = await stream(usesTool, {}, (chunk) => seen.push(chunk));
    expect(streamed.toolCalls).toEqual([{ name: 'clock' }]);
    expect(seen).toContainEqual({ type: 'tool-call', name: 'clock' });
  });

  it("fails with the agent's message, without its stack trace", async () => {
    for (const attempt of [generate(fails), stream(fails)]) {
      const failure = await failureOf(attempt);
      expect(failure).toMatchObject({ code: 'AGENT_ERROR', reached: 'yes' });
      expect(failure.message).toContain('The scripted model fails on purpose');
      expect(failure.message).not.toMatch(/\n|\.ts|\.mjs/);
    }
  });

  it('reports that an unknown agent was not reached', async () => {
    const unknown = { agentId: 'nope', says: 'hi' };
    for (const attempt of [generate(unknown), stream(unknown)]) {
      expect(await failureOf(attempt)).toMatchObject({ code: 'AGENT_NOT_FOUND', reached: 'no' });
    }
  });
}

function relayContract(server: ContractServer): void {
  const { answers, fails, actions } = server;

  it('relays the call of another router, and streams its reply', async () => {
    const generated = await relayed(server, answers, actions.generate);
    expect(await generated.json()).toMatchObject({ text: answers.text });
    const streamed = await relayed(server, answers, actions.stream);
    expect(streamed.headers.get('content-type')).toContain('text/');
    expect((await streamed.text()).split('\n').length).toBeGreaterThan(2);
  });

  it('fails a relayed call as it fails one that begins here, without its address', async () => {
    const unknown = { agentId: 'nope', says: 'hi' };
    for (const target of [unknown, fails]) {
      const direct = await failureOf(called(server, target, { interactionType: 'generate' }));
      const refused = await failureOf(relayed(server, target, actions.generate));
      const { code, reached } = direct;
      expect(refused).toMatchObject({ code, reached, isSilent: false });
      expect(refused.message).not.toContain('http');
    }
  });
}

function called(
  { client, hopTo }: ContractServer,
  { agentId, says }: Target,
  options: Pick<Conversation, 'interactionType' | 'includeRaw'>,
  onChunk: (chunk: AgentChunk) => void = () => undefined,
): Promise<AgentReply | StreamReply> {
  const said = { ...options, messages: [{ role: 'user' as const, content: says }] };
  return client().call(hopTo(agentId), said, { signal, onChunk, transit, onAnsweringAgent: () => undefined });
}

function relayed({ client, hopTo }: ContractServer, { agentId, says }: Target, action: string): Promise<Response> {
  return client().relay(hopTo(agentId), {
    caller: 'as65010',
    action,
    contentType: 'application/json',
    body: JSON.stringify({ messages: [{ role: 'user', content: says }] }),
    transit,
    signal,
    over: Promise.resolve(),
  });
}

function failureOf(attempt: Promise<unknown>): Promise<Failure> {
  return attempt.then(
    () => expect.fail('It must fail.'),
    (error: unknown) => error as Failure,
  );
}
