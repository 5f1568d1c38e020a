import { describe, expect, it } from 'vitest';
import { MastraAgents } from '../../../../src/servers/api/mastra-agents.ts';
import { shownOver } from '../../../../src/servers/api/shown-text.ts';
import { SecretMask } from '../../../../src/base/telemetry/secret-mask.ts';
import { callOf } from './call-of.ts';

const SECRET = 'correct-horse-battery';

/** A server that repeats a secret at the place where its text is truncated. */
const said = `${'.'.repeat(490)}${SECRET}`;
const event = `data: ${JSON.stringify({ type: 'error', payload: { error: { message: said } } })}\n\n`;
const line = `3:${JSON.stringify(said)}\n`;

const json = (body: object, status: number) => (): Response => Response.json(body, { status });

describe("a server's error, as a caller sees it", () => {
  it.each<[string, () => Response]>([
    ['a refusal', json({ error: said }, 400)],
    ['a failure of the agent', json({ error: { message: said } }, 500)],
    ['a refusal of a router', json({ error: said, code: 'AGENT_ERROR', reached: 'yes' }, 500)],
    ['the time to wait', () => Response.json({}, { status: 429, headers: { 'retry-after': said } })],
    ['a reply that is an error', json({ text: '', finishReason: 'error', error: { message: said } }, 200)],
    ['a stream', () => new Response(event)],
    ['a stream of the older form', () => new Response(line)],
  ])('contains no part of a configured secret, wherever the text is truncated: %s', async (what, answer) => {
    const fetch = (): Promise<Response> => Promise.resolve(answer());
    const agents = new MastraAgents('http://server0:4111', fetch, shownOver(new SecretMask([SECRET]).text));
    const call = callOf({ agentId: 'a', says: 'hi' });
    const asked = what.includes('stream') ? agents.stream(call, () => undefined) : agents.generate(call);
    const failure = await asked.catch((error: unknown) => error as Error);
    expect(failure).toHaveProperty('message', expect.stringContaining('....'));
    expect(failure).not.toHaveProperty('message', expect.stringContaining('cor'));
  });
});
