import { describe, expect, it } from 'vitest';
import { MastraAgents } from '../../../../src/servers/api/mastra-agents.ts';
import { Failure, FAILURE_CODES, type FailureCode, type Reached } from '../../../../src/base/failure/failure.ts';
import { HopRefused } from '../../../../src/base/failure/hop-refused.ts';
import { failureResponse, readRouterRefusal, RouterRefused } from '../../../../src/base/failure/router-refusal.ts';
import { readTransitContext } from '../../../../src/data-plane/forwarding/transit-context.ts';
import { routerServer } from '../../../../src/servers/router/router-server.ts';
import { peerHop, router } from '../../data-plane/forwarding/peer-hop.ts';

const { signal } = new AbortController();
const URL_OF_ROUTER = 'http://2';
const spent = { attemptsLeft: 2, crossed: [router(2), router(9)] };

const STATUS: Readonly<Record<FailureCode, number>> = {
  AGENT_NOT_FOUND: 404,
  DENIED_BY_POLICY: 403,
  SERVER_UNAVAILABLE: 502,
  TIMEOUT: 504,
  LOOP_DETECTED: 508,
  AGENT_ERROR: 500,
  INVALID_REQUEST: 400,
  INVALID_CONFIG: 500,
  TOOL_NOT_FOUND: 404,
  INVALID_AGENT_ID: 400,
};

/** The ways on which a router meets the refusal of another one. */
const WAYS: readonly (readonly [string, (answer: Response) => Promise<unknown>])[] = [
  ['read', async (answer) => readRouterRefusal(answer.status, await answer.json(), (error) => error)],
  ['a call that begins here', (answer) => failureOf(agentsAnswering(answer).generate(call))],
  ['a stream that begins here', (answer) => failureOf(agentsAnswering(answer).stream(call, () => undefined))],
  ['a call that is relayed', (answer) => failureOf(relayed(answer))],
];

const call = { agentId: 'a', messages: [], signal };

function agentsAnswering(answer: Response): MastraAgents {
  return new MastraAgents(URL_OF_ROUTER, () => Promise.resolve(answer));
}

function relayed(answer: Response): Promise<Response> {
  const mask = (text: string): string => text;
  const server = routerServer({ baseUrl: URL_OF_ROUTER, fetch: () => Promise.resolve(answer), mask });
  return server.relay(peerHop(2), {
    caller: 'as65010',
    action: 'generate',
    contentType: 'application/json',
    body: '{}',
    transit: readTransitContext(() => undefined),
    signal,
    over: Promise.resolve(),
  });
}

function failureOf(attempt: Promise<unknown>): Promise<unknown> {
  return attempt.catch((error: unknown) => error);
}

describe.each(WAYS)('a refusal between routers: %s', (_, meet) => {
  it.each(
    FAILURE_CODES.flatMap((code) => (['no', 'maybe', 'yes'] as const).map((reached) => [code, reached] as const)),
  )('%s, reached: %s, comes through whole', async (code: FailureCode, reached: Reached) => {
    const answer = failureResponse(new Failure(code, 'Gone.', { blames: 'server', reached, spent }));
    expect(answer.status).toBe(STATUS[code]);
    const read = await meet(answer);
    expect(read).toBeInstanceOf(RouterRefused);
    expect(read).toMatchObject({ code, reached, spent, blames: 'peer', isSilent: false, status: STATUS[code] });
    expect(read).toHaveProperty('message', expect.stringMatching(/^Gone\.?$/));
  });

  it('names the router that refuses, for those who do not know whom they have called', async () => {
    const failure = new Failure('SERVER_UNAVAILABLE', 'Gone.', { blames: 'server', spent });
    expect(await meet(failureResponse(failure, router(5)))).toMatchObject({
      spent: { attemptsLeft: 2, crossed: [router(5), router(2), router(9)] },
    });
  });

  it.each([
    ['caller', 429],
    ['nobody', 503],
  ] as const)(
    'says when to call again, with the status for who has to wait: the %s, HTTP %i',
    async (blames, status) => {
      const failure = new Failure('SERVER_UNAVAILABLE', 'Later.', { blames, details: { retryAfterMs: 1_200 } });
      const answer = failureResponse(failure);
      expect(answer.headers.get('retry-after')).toBe('2');
      expect(await meet(answer)).toMatchObject({ status, details: { retryAfterMs: 1_200 } });
    },
  );

  it.each([
    { crossed: undefined },
    { crossed: 'all' },
    { crossed: [7, {}] },
    { attemptsLeft: 'many' },
    { retryAfterMs: -1 },
    { error: 7 },
  ])('counts without a field that is malformed: %j', async (fields) => {
    const body = { error: 'Gone.', code: 'SERVER_UNAVAILABLE', reached: 'no', ...fields };
    expect(await meet(Response.json(body, { status: 502 }))).toMatchObject({
      code: 'SERVER_UNAVAILABLE',
      reached: 'no',
      spent: { attemptsLeft: undefined, crossed: [] },
      details: {},
    });
  });

  it.each([undefined, 'perhaps'])('may have reached the agent where it says of that %s', async (reached) => {
    const body = { error: 'Gone.', code: 'SERVER_UNAVAILABLE', reached };
    expect(await meet(Response.json(body, { status: 502 }))).toMatchObject({ reached: 'maybe' });
  });
});

it('is no refusal of a router where the code is none of a router', () => {
  const body = { error: 'Gone.', code: 'GONE', reached: 'no' };
  expect(readRouterRefusal(502, body, (error) => error)).toBeUndefined();
});

it('goes on with the status of the next hop that has refused the call', () => {
  const cause = new HopRefused('AGENT_ERROR', 404, 'No such thread.', { blames: 'caller', reached: 'yes' });
  const failure = new Failure('AGENT_ERROR', 'No such thread.', { blames: 'caller', reached: 'yes', cause });
  expect(failureResponse(failure).status).toBe(404);
});
