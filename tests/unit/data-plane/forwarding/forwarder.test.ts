import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Failure } from '../../../../src/base/failure/failure.ts';
import { BOTH, failing, SERVERS, setting, type Answer } from './fixture.ts';

describe('resolution', () => {
  it('takes the best route of a plain id: the first configured server if all else is equal', async () => {
    const { forward } = setting({ agents: { server1: ['weatherAgent'], server0: ['weatherAgent'] } });
    expect(await forward({})).toMatchObject({
      reply: 'weatherAgent at server0',
      serverUsed: 'http://server0:4111',
      agentIdUsed: 'weatherAgent',
      fullyQualifiedId: 'server0:weatherAgent',
      resolutionMethod: 'bgp_resolution',
      routeMetrics: { asPath: [65001], localPref: 100, med: 0, communities: [] },
      attempts: [{ nextHop: 'http://server0:4111', outcome: 'ok' }],
    });
  });

  it.each(['server1:weatherAgent', 'as65002:weatherAgent'])(
    '%s takes the copy that it names',
    async (targetAgentId) => {
      const { forward } = setting({ agents: BOTH });
      expect(await forward({ targetAgentId })).toMatchObject({
        reply: 'weatherAgent at server1',
        resolutionMethod: 'explicit_qualification',
      });
    },
  );

  it('counts every own server as part of the own AS', async () => {
    const { forward } = setting({ agents: BOTH });
    expect(await forward({ targetAgentId: 'as65000:weatherAgent' })).toMatchObject({
      reply: 'weatherAgent at server0',
    });
  });

  it('takes the copy at serverUrl, however the URL is written', async () => {
    const { forward } = setting({ agents: BOTH });
    expect(await forward({ serverUrl: 'HTTP://Server1:4111/' })).toMatchObject({
      reply: 'weatherAgent at server1',
      resolutionMethod: 'explicit_url_override',
    });
  });

  it('prefers an agent whose id is a path over a capability of that name', async () => {
    const { forward } = setting({
      agents: { server0: [{ agent: 'coder', capabilities: ['coding/ts'] }], server1: ['coding/ts'] },
    });
    expect(await forward({ targetAgentId: 'coding/ts' })).toMatchObject({ reply: 'coding/ts at server1' });
  });

  it('takes the longest capability that covers a path (RFC 4632 §5.1)', async () => {
    const { forward } = setting({
      agents: {
        server0: [
          { agent: 'coder', capabilities: ['coding'] },
          { agent: 'typist', capabilities: ['coding/typescript'] },
        ],
      },
    });
    expect(await forward({ targetAgentId: 'coding/typescript/react' })).toMatchObject({
      agentIdUsed: 'typist',
      resolutionMethod: 'capability_match',
    });
    expect(await forward({ targetAgentId: 'coding/rust' })).toMatchObject({ agentIdUsed: 'coder' });
    expect(await forward({ targetAgentId: 'coding' })).toMatchObject({ agentIdUsed: 'coder' });
    await expect(forward({ targetAgentId: 'cooking/stew' })).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' });
  });

  it('uses only copies with all required capabilities, whichever route is best otherwise', async () => {
    const { forward } = setting({
      agents: { server0: [{ capabilities: ['weather'] }], server1: [{ capabilities: ['weather', 'maps/alps'] }] },
    });
    expect(await forward({ requiredCapabilities: ['weather', 'maps'] })).toMatchObject({
      reply: 'weatherAgent at server1',
    });
    await expect(forward({ requiredCapabilities: ['cooking'] })).rejects.toMatchObject({
      code: 'AGENT_NOT_FOUND',
      message: expect.stringContaining('cooking') as string,
    });
  });

  it('reports which agent answered the call of a capability, and the deciding step', async () => {
    const capabilities = ['coding'];
    const { forward } = setting({
      agents: {
        server0: [{ agent: 'slow', capabilities, med: 100 }],
        server1: [{ agent: 'fast', capabilities }],
        server2: [{ agent: 'only', capabilities: ['cooking'] }],
      },
      servers: 3,
      answers: { server1: () => Promise.resolve('well') },
    });
    expect(await forward({ targetAgentId: 'coding/rust' })).toMatchObject({
      agentIdUsed: 'fast',
      match: { capability: 'coding', candidates: 2, decidedBy: 'med' },
    });
    expect(await forward({ targetAgentId: 'cooking/soup' })).toMatchObject({
      match: { capability: 'cooking', candidates: 1, decidedBy: 'only-candidate' },
    });
    expect(await forward({ targetAgentId: 'only' })).not.toHaveProperty('match');
  });

  it('reports that failover decided', async () => {
    const agents = { server0: [{ agent: 'a', capabilities: ['c'] }], server1: [{ agent: 'b', capabilities: ['c'] }] };
    const { forward } = setting({ agents, answers: { server0: failing('SERVER_UNAVAILABLE', 'no') } });
    expect(await forward({ targetAgentId: 'c/d' })).toMatchObject({
      agentIdUsed: 'b',
      match: { candidates: 2, decidedBy: 'failover' },
    });
  });

  it.each([
    [{ maxResponseTimeMs: 100 }, 'fast'],
    [{ minSuccessRate: 0.9 }, 'sure'],
    [{ region: 'eu' }, 'near'],
    [{ region: 'eu', maxResponseTimeMs: 100 }, undefined],
    [{ maxResponseTimeMs: 10 }, undefined],
  ])('under the constraints %j the call goes to the agent %s', async (constraints, agent) => {
    const capabilities = ['coding'];
    const measured = (responseTimeMs: number, successRate: number) => ({
      performance: { responseTimeMs, successRate },
    });
    const { forward } = setting({
      agents: {
        server0: [
          { agent: 'near', capabilities, communities: ['region:eu'] },
          { agent: 'sure', capabilities, ...measured(500, 0.95) },
        ],
        server1: [{ agent: 'fast', capabilities, ...measured(50, 0.5) }],
      },
    });
    const outcome = forward({ targetAgentId: 'coding/rust', constraints });
    if (agent !== undefined) expect(await outcome).toMatchObject({ agentIdUsed: agent });
    else {
      await expect(outcome).rejects.toMatchObject({
        code: 'AGENT_NOT_FOUND',
        message: expect.stringContaining(`maxResponseTimeMs ${constraints.maxResponseTimeMs}`) as string,
      });
    }
  });

  it('names the nearest ids for one that is unknown', async () => {
    const { forward, called } = setting({ agents: { server0: ['weatherAgent', 'codeReviewer'] } });
    await expect(forward({ targetAgentId: 'wheatherAgent' })).rejects.toMatchObject({
      code: 'AGENT_NOT_FOUND',
      details: { nearest: ['weatherAgent'] },
      message: expect.stringContaining("Did you mean 'weatherAgent'?") as string,
    });
    expect(called).toEqual([]);
  });

  it('suggests only callable names, each once', async () => {
    const guessed = { agent: 'sailor', capabilities: ['weathers'], communities: ['inferred'] };
    const agents = {
      server0: [{ agent: 'weather/sea', capabilities: ['weather', 'weather/sea', 'weather/alps'] }, guessed],
    };
    await expect(setting({ agents }).forward({ targetAgentId: 'weatherz' })).rejects.toMatchObject({
      details: { nearest: ['weather'] },
    });
  });

  it('fails with SERVER_UNAVAILABLE if the only server that could have the agent does not answer', async () => {
    const { forward } = setting({ agents: { server0: ['weatherAgent'] }, errors: { server1: 'connection refused' } });
    await expect(forward({ targetAgentId: 'server1:weatherAgent' })).rejects.toMatchObject({
      code: 'SERVER_UNAVAILABLE',
      message: expect.stringContaining('connection refused') as string,
    });
    await expect(forward({ targetAgentId: 'otherAgent' })).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' });
  });

  it.each([
    ['it has not answered yet', 'it has not answered yet. Start the server or correct MASTRA_SERVERS, then try again.'],
    ['Connection refused. Start the server.', 'Connection refused. Start the server.'],
  ])('names the remedy once: %s', async (error, said) => {
    const { forward } = setting({ errors: { server1: error } });
    await expect(forward({ targetAgentId: 'server1:weatherAgent' })).rejects.toMatchObject({
      message: `'weatherAgent' cannot be called: server1 (http://server1:4111): ${said}`,
    });
  });
});

describe('an agent that flaps', () => {
  it('is not called where it flaps, and the failure says until when', async () => {
    const { forward, flap } = setting({ agents: BOTH });
    flap('server0', 'weatherAgent');
    expect(await forward({})).toMatchObject({ reply: 'weatherAgent at server1' });
    await expect(forward({ targetAgentId: 'server0:weatherAgent' })).rejects.toMatchObject({
      code: 'AGENT_NOT_FOUND',
      reached: 'no',
      message: expect.stringContaining('suppressed until 1970-01-01T00:01:00.000Z') as string,
      details: { until: '1970-01-01T00:01:00.000Z' },
    });
  });
});

describe('policy binds calls', () => {
  const denied = {
    statements: [{ name: 'no-weather', match: { agentPrefixes: ['weather*'] }, action: 'reject' as const }],
  };

  it.each([
    {},
    { targetAgentId: 'server0:weatherAgent' },
    { targetAgentId: 'as65001:weatherAgent' },
    { targetAgentId: 'as65000:weatherAgent' },
    { serverUrl: 'http://server0:4111' },
    { serverUrl: 'http://elsewhere:4111' },
    { targetAgentId: 'server1:weatherAgent', serverUrl: 'http://server0:4111/' },
  ])('a denied agent cannot be called by %j', async (request) => {
    const { forward, called } = setting({ ...denied, agents: BOTH, permits: () => true });
    await expect(forward(request)).rejects.toMatchObject({
      code: 'DENIED_BY_POLICY',
      details: { place: 'import[0]' },
      message: expect.stringContaining('import[0] (no-weather)') as string,
    });
    expect(called).toEqual([]);
  });

  it('goes to a permitted copy if only one of two is denied', async () => {
    const { forward } = setting({
      agents: BOTH,
      statements: [{ match: { peers: ['server0'] }, action: 'reject' }],
    });
    expect(await forward({})).toMatchObject({ reply: 'weatherAgent at server1' });
    await expect(forward({ targetAgentId: 'server0:weatherAgent' })).rejects.toMatchObject({
      code: 'DENIED_BY_POLICY',
    });
  });

  it('denies an agent at a permitted URL when every route to it is denied, although none names the URL', async () => {
    const { forward, called } = setting({
      agents: BOTH,
      statements: [{ match: { peers: ['server0', 'server1'] }, action: 'reject' }],
      permits: () => true,
    });
    await expect(forward({ serverUrl: 'http://alias:4111' })).rejects.toMatchObject({ code: 'DENIED_BY_POLICY' });
    expect(called).toEqual([]);
  });
});

describe('failover', () => {
  it('goes on to the next copy when the first was not reached', async () => {
    const { forward } = setting({ agents: BOTH, answers: { server0: failing('SERVER_UNAVAILABLE', 'no') } });
    expect(await forward({})).toMatchObject({
      reply: 'weatherAgent at server1',
      fullyQualifiedId: 'server1:weatherAgent',
      routeMetrics: { asPath: [65002] },
      attempts: [
        { nextHop: 'http://server0:4111', outcome: 'SERVER_UNAVAILABLE' },
        { nextHop: 'http://server1:4111', outcome: 'ok' },
      ],
    });
  });

  it.each(['maybe', 'yes'] as const)('never retries a call that reached the agent: %s', async (reached) => {
    const { forward, called } = setting({ agents: BOTH, answers: { server0: failing('AGENT_ERROR', reached) } });
    await expect(forward({})).rejects.toMatchObject({
      code: 'AGENT_ERROR',
      reached,
      details: { attempts: [{ nextHop: 'http://server0:4111', outcome: 'AGENT_ERROR' }] },
    });
    expect(called).toEqual(['http://server0:4111']);
  });

  it('stays with the copy that the caller named', async () => {
    const { forward, called } = setting({ agents: BOTH, answers: { server0: failing('SERVER_UNAVAILABLE', 'no') } });
    await expect(forward({ targetAgentId: 'server0:weatherAgent' })).rejects.toMatchObject({
      code: 'SERVER_UNAVAILABLE',
    });
    expect(called).toEqual(['http://server0:4111']);
  });

  it('tries at most four next hops', async () => {
    const names = SERVERS.map(({ name }) => name);
    const { forward, called } = setting({
      servers: 6,
      agents: Object.fromEntries(names.map((name) => [name, ['weatherAgent']])),
      answers: Object.fromEntries(names.map((name) => [name, failing('SERVER_UNAVAILABLE', 'no')])),
    });
    await expect(forward({})).rejects.toMatchObject({ code: 'SERVER_UNAVAILABLE' });
    expect(called).toEqual(SERVERS.slice(0, 4).map(({ url }) => url));
  });
});

describe('a call that may be retried', () => {
  it.each(['maybe', 'yes'] as const)('goes on to the next copy even if the agent was reached: %s', async (reached) => {
    const { forward } = setting({ agents: BOTH, answers: { server0: failing('AGENT_ERROR', reached) } });
    expect(await forward({ retry: 'always' })).toMatchObject({
      reply: 'weatherAgent at server1',
      attempts: [{ outcome: 'AGENT_ERROR' }, { outcome: 'ok' }],
    });
  });

  it('reports that the agent may have run if an earlier attempt may have reached it', async () => {
    const answers = { server0: failing('AGENT_ERROR', 'maybe'), server1: failing('SERVER_UNAVAILABLE', 'no') };
    const { forward } = setting({ agents: BOTH, answers });
    await expect(forward({ retry: 'always' })).rejects.toMatchObject({ code: 'SERVER_UNAVAILABLE', reached: 'maybe' });
  });

  it('is not retried if every copy would reject it', async () => {
    const { forward, called } = setting({ agents: BOTH, answers: { server0: failing('INVALID_REQUEST', 'maybe') } });
    await expect(forward({ retry: 'always' })).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
    expect(called).toEqual(['http://server0:4111']);
  });
});

describe('time', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  /** An agent that answers only when it is cancelled. */
  const stubborn: Answer = (_agentId, signal) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        const timedOut = signal.reason instanceof DOMException && signal.reason.name === 'TimeoutError';
        reject(
          new Failure(timedOut ? 'TIMEOUT' : 'AGENT_ERROR', 'It was stopped.', { blames: 'server', reached: 'maybe' }),
        );
      });
    });

  it('ends a call at its deadline with a TimeoutError', async () => {
    const { forward } = setting({ agents: BOTH, answers: { server0: stubborn } });
    const failed = expect(forward({ timeoutMs: 1_000 })).rejects.toMatchObject({ code: 'TIMEOUT' });
    await vi.advanceTimersByTimeAsync(1_000);
    await failed;
    expect(vi.getTimerCount()).toBe(0);
  });

  it('leaves half of it for the other copy if the call may be retried', async () => {
    const { forward } = setting({ agents: BOTH, answers: { server0: stubborn } });
    const outcome = forward({ timeoutMs: 1_000, retry: 'always' });
    await vi.advanceTimersByTimeAsync(500);
    expect(await outcome).toMatchObject({ attempts: [{ outcome: 'TIMEOUT' }, { outcome: 'ok' }] });
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([undefined, 'always'] as const)('lets a stream continue while chunks arrive, retry: %s', async (retry) => {
    const slow: Answer = async (_agentId, signal, onChunk) => {
      for (let chunk = 0; chunk < 5; chunk += 1) {
        await new Promise((resolve) => setTimeout(resolve, 25_000));
        signal.throwIfAborted();
        onChunk();
      }
      return 'at last';
    };
    const { forward } = setting({ agents: BOTH, answers: { server0: slow } });
    const outcome = forward({ interactionType: 'stream', retry });
    await vi.advanceTimersByTimeAsync(125_000);
    expect(await outcome).toMatchObject({ reply: 'at last' });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("ends a silent stream, and one that exceeds its caller's limit", async () => {
    const chatty: Answer = async (_agentId, signal, onChunk) => {
      const timer = setInterval(onChunk, 1_000);
      return stubborn('', signal, onChunk).finally(() => {
        clearInterval(timer);
      });
    };
    const { forward } = setting({ agents: BOTH, answers: { server0: stubborn, server1: chatty } });
    const silent = expect(forward({ interactionType: 'stream' })).rejects.toMatchObject({ code: 'TIMEOUT' });
    const target = { targetAgentId: 'server1:weatherAgent', timeoutMs: 30_000 };
    const long = expect(forward({ interactionType: 'stream', ...target })).rejects.toMatchObject({ code: 'TIMEOUT' });
    await vi.advanceTimersByTimeAsync(60_000);
    await Promise.all([silent, long]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("forwards the caller's cancellation", async () => {
    const { forward } = setting({ agents: BOTH, answers: { server0: stubborn } });
    const caller = new AbortController();
    const failed = expect(forward({}, caller.signal)).rejects.toMatchObject({ code: 'AGENT_ERROR' });
    await vi.advanceTimersByTimeAsync(1);
    caller.abort();
    await failed;
    expect(vi.getTimerCount()).toBe(0);
  });

  it('waits for a server that has not answered yet, and goes as soon as it has', async () => {
    const { forward, answer } = setting({ pending: ['server0', 'server1'] });
    const outcome = forward({});
    await vi.advanceTimersByTimeAsync(3_000);
    answer('server1', ['weatherAgent']);
    expect(await outcome).toMatchObject({ reply: 'weatherAgent at server1' });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('waits only for the server that the target names', async () => {
    const { forward } = setting({ pending: ['server0'], peersTold: new Promise(() => undefined) });
    await expect(forward({ targetAgentId: 'server1:weatherAgent' })).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' });
  });

  it('does not wait if a route is known', async () => {
    const { forward } = setting({ agents: { server0: ['weatherAgent'] }, pending: ['server1'] });
    expect(await forward({})).toMatchObject({ reply: 'weatherAgent at server0' });
  });

  it('stops waiting after five seconds', async () => {
    const { forward } = setting({ pending: ['server0'] });
    const failed = expect(forward({})).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' });
    await vi.advanceTimersByTimeAsync(4_999);
    expect(vi.getTimerCount()).toBeGreaterThan(0);
    await vi.advanceTimersByTimeAsync(1);
    await failed;
    expect(vi.getTimerCount()).toBe(0);
  });
});
