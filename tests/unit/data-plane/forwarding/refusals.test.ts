import { describe, expect, it } from 'vitest';
import type { Failure, FailureCode, Reached } from '../../../../src/base/failure/failure.ts';
import {
  crossedBy,
  transitHeaders,
  InvalidTransitContext,
  readTransitContext,
} from '../../../../src/data-plane/forwarding/transit-context.ts';
import { failureResponse } from '../../../../src/base/failure/router-refusal.ts';
import { routeHop } from '../../../../src/data-plane/forwarding/hop.ts';
import { mastraServer } from '../../../../src/servers/mastra/mastra-server.ts';
import { Refusal, refusalFailure } from '../../../../src/servers/api/refusal.ts';
import { routeWith } from '../../core/bgp/support/route.ts';

const router = (last: number) => ({ asn: 65000 + last, routerId: `10.0.0.${last}` });
const fresh = readTransitContext(() => undefined);
const hop = routeHop(routeWith(), 'weatherAgent');

function relayed(answer: Response): Promise<unknown> {
  const { nextHop: baseUrl } = hop;
  const server = mastraServer({ baseUrl, fetch: () => Promise.resolve(answer), mask: (text) => text });
  const { signal } = new AbortController();
  const request = {
    caller: 'as65010',
    action: 'generate',
    contentType: 'application/json',
    body: '{}',
    transit: fresh,
    signal,
    over: Promise.resolve(),
  };
  return server.relay(hop, request).catch((error: unknown) => error);
}

describe('the path that a call carries', () => {
  const reread = (headers: Record<string, string>) => readTransitContext((name) => headers[name]);

  it('contains the routers that earlier attempts reached, and the sender last', () => {
    const begun = { ...fresh, crossed: [router(1)] };
    const onward = crossedBy(router(3), begun, { attempts: 2, crossed: [router(9)] });
    const read = reread(transitHeaders(onward));
    expect(read).toMatchObject({ crossed: [router(1), router(9), router(3)], attempts: 2, hopLimit: 15 });
  });

  it('is never longer than a router accepts', () => {
    const crossed = Array.from({ length: 64 }, (_, index) => router(index + 1));
    const onward = crossedBy(router(100), { ...fresh, crossed }, { attempts: 1, crossed: [router(101)] });
    const read = reread(transitHeaders(onward)).crossed;
    expect(read).toHaveLength(64);
    expect(read.at(-1)).toEqual(router(100));
    const tooLong = Array.from({ length: 65 }, (_, index) => `65001/10.0.0.${index + 1}`).join(', ');
    expect(() => reread({ 'agent-bgp-path': tooLong })).toThrow(InvalidTransitContext);
  });
});

describe('a refusal of a server that is not a router', () => {
  const error = JSON.stringify({ error: 'No.' });
  it.each<[number, string, FailureCode, Reached]>([
    [400, error, 'INVALID_REQUEST', 'maybe'],
    [413, 'too large', 'INVALID_REQUEST', 'maybe'],
    [415, error, 'INVALID_REQUEST', 'maybe'],
    [422, error, 'INVALID_REQUEST', 'maybe'],
    [401, error, 'SERVER_UNAVAILABLE', 'maybe'],
    [403, error, 'SERVER_UNAVAILABLE', 'maybe'],
    [429, error, 'SERVER_UNAVAILABLE', 'maybe'],
    [503, 'away', 'SERVER_UNAVAILABLE', 'maybe'],
    [404, '<h1>Not found</h1>', 'SERVER_UNAVAILABLE', 'no'],
    [404, error, 'AGENT_ERROR', 'yes'],
    [404, JSON.stringify({ error: "Agent with id 'x' not found" }), 'AGENT_NOT_FOUND', 'no'],
    [500, JSON.stringify({ message: 'Agent not found' }), 'AGENT_NOT_FOUND', 'no'],
    [500, error, 'AGENT_ERROR', 'yes'],
    [500, '<h1>Oops</h1>', 'SERVER_UNAVAILABLE', 'maybe'],
  ])('HTTP %i with %s means the same directly and through a router: %s, reached: %s', async (...row) => {
    const [status, body, code, reached] = row;
    const direct = refusalFailure(new Refusal(status, body, undefined), 'weatherAgent', 'http://server0:4111');
    expect(direct).toMatchObject({ code, reached });
    const carried = await relayed(new Response(body, { status }));
    expect(carried).toMatchObject({ code, reached });
    const answer = failureResponse(carried as Failure, router(5));
    const onward = new Refusal(answer.status, await answer.text(), undefined);
    expect(onward.ofRouter(String)).toMatchObject({ code, reached });
  });

  it('is read however deep its message is nested', async () => {
    const depth = 100;
    const body = `${'{"error":'.repeat(depth)}"No."${'}'.repeat(depth)}`;
    expect(new Refusal(500, body, undefined).said).toBe('No');
    expect(await relayed(new Response(body, { status: 500 }))).toMatchObject({ code: 'AGENT_ERROR', message: 'No' });
  });
});
