import { describe, expect, it } from 'vitest';
import { MastraAgents } from '../../../../src/servers/api/mastra-agents.ts';
import { Refusal, refusalFailure } from '../../../../src/servers/api/refusal.ts';
import {
  AgentFailed,
  AgentGone,
  CallRefused,
  ForeignReply,
  PartialStream,
  RateLimited,
  RequestRejected,
  ServerBroken,
} from '../../../../src/servers/api/call-failures.ts';
import {
  AddressRefused,
  ConnectionLost,
  DeadlinePassed,
  RedirectRefused,
  ReplyTooLarge,
  ServerUnreachable,
  UnsendableRequest,
} from '../../../../src/base/egress/failures.ts';
import { Failure, OutcomeUnknown, type FailureCode, type Reached } from '../../../../src/base/failure/failure.ts';
import { RouterRefused } from '../../../../src/base/failure/router-refusal.ts';
import { readTransitContext } from '../../../../src/data-plane/forwarding/transit-context.ts';
import { OtherAnswered } from '../../../../src/data-plane/forwarding/hedge.ts';
import { routeHop, type Hop } from '../../../../src/data-plane/forwarding/hop.ts';
import { mastraServer } from '../../../../src/servers/mastra/mastra-server.ts';
import { routerServer } from '../../../../src/servers/router/router-server.ts';
import { PeerSilent } from '../../../../src/control-plane/peering/silent-peers.ts';
import { hopOutcome, type HopOutcome } from '../../../../src/data-plane/forwarding/hop-outcome.ts';
import { routeWith } from '../../core/bgp/support/route.ts';
import { peerHop } from './peer-hop.ts';

const { signal } = new AbortController();
const BODY = JSON.stringify({ error: 'No.' });

const atServer: Hop = { ...routeHop(routeWith(), 'a'), peer: undefined };

/** The failure of a call that is relayed. */
function relayed(fetch: () => Promise<Response>, hop = atServer): Promise<unknown> {
  const server = (hop.peer === undefined ? mastraServer : routerServer)({
    baseUrl: hop.nextHop,
    fetch,
    mask: (text) => text,
  });
  const transit = readTransitContext(() => undefined);
  const request = {
    caller: 'as65010',
    action: 'generate',
    contentType: 'application/json',
    body: '{}',
    transit,
    signal,
    over: Promise.resolve(),
  };
  return server.relay(hop, request).catch((error: unknown) => error);
}

/** Failures from one reply, for a call that begins here and for a relayed call. */
async function failures(status: number): Promise<readonly unknown[]> {
  const direct = refusalFailure(new Refusal(status, BODY, undefined), 'a', 'http://server0:4111');
  return [direct, await relayed(() => Promise.resolve(new Response(BODY, { status })))];
}

describe('the outcome of a refusal for a server', () => {
  it.each([400, 401, 403, 404, 405, 407, 413, 415, 422])(
    'HTTP %i is undefined, because the request is to blame',
    async (status) => {
      for (const failure of await failures(status)) expect(hopOutcome(failure, false, signal)).toBeUndefined();
    },
  );

  it.each([408, 429, 500, 503])('HTTP %i is that the agent failed', async (status) => {
    for (const failure of await failures(status)) expect(hopOutcome(failure, false, signal)).toBe('agent-failed');
  });
});

describe('the outcome of a call without an answer', () => {
  it.each<[string, Failure, boolean]>([
    ['the connection broke', new ConnectionLost(new URL('http://server0:4111'), undefined, 'maybe'), false],
    ['the peer fell silent', new PeerSilent('as65002'), true],
  ])('after %s is gone, wherever the call began', async (_, failure, isPeer) => {
    const fetch = (): Promise<Response> => Promise.reject(failure);
    const call = { agentId: 'a', messages: [], signal };
    const direct = await new MastraAgents('http://server0:4111', fetch).generate(call).catch((error: unknown) => error);
    expect(direct).toMatchObject({ reached: 'maybe' });
    for (const failed of [direct, await relayed(fetch)]) expect(hopOutcome(failed, isPeer, signal)).toBe('gone');
  });
});

/** Signal of a call whose deadline has passed. The failure counts as if the signal had not aborted. */
const timedOut = AbortSignal.abort(new DOMException('No answer within 60000 ms.', 'TimeoutError'));

const URL_OF = new URL('http://server0:4111');
const refusedBy = (code: FailureCode, reached: Reached): Failure =>
  new RouterRefused({ error: 'No.', code, reached, attemptsLeft: 1, crossed: [], retryAfterMs: undefined }, 502, 'No.');
const lost = new ConnectionLost(URL_OF, undefined, 'maybe');
const late = new DeadlinePassed(URL_OF, undefined);
const partial = (cause: Failure | undefined): Failure =>
  new PartialStream('a', { text: '', chunks: 1, timings: { totalMs: 1 } }, cause);

describe('the outcome of every failure', () => {
  it.each<[string, Failure, HopOutcome, HopOutcome]>([
    ['the agent has gone', new AgentGone('a', 'S'), undefined, undefined],
    ['the agent failed', new AgentFailed('a', 'No'), 'agent-failed', 'agent-failed'],
    ['the server rejects the caller', new CallRefused('S', 403, ''), undefined, undefined],
    ['the server rejects the request', new RequestRejected('a', 422, ''), undefined, undefined],
    ['the server limits its callers', new RateLimited('S', undefined), 'agent-failed', 'agent-failed'],
    ['the server is broken', new ServerBroken('S', 503), 'agent-failed', 'agent-failed'],
    ['the server ran out of time', new ServerBroken('S', 408), 'agent-failed', 'agent-failed'],
    ['the server does not know the method', new ServerBroken('S', 405), undefined, undefined],
    ['the reply is foreign', new ForeignReply('S', 'HTTP 404', 'no'), 'agent-failed', 'agent-failed'],
    ['a stream ended early', partial(undefined), 'agent-failed', 'agent-failed'],
    ['a stream broke', partial(lost), 'agent-failed', 'agent-failed'],
    ['a stream ran out of time', partial(late), 'late', 'late'],
    ['no connection was established', new ServerUnreachable(URL_OF, new Error()), 'gone', 'gone'],
    ['the connection broke', lost, 'gone', 'gone'],
    ['the connection broke while the agent may have run', new OutcomeUnknown(lost), 'gone', 'gone'],
    ['the peer fell silent', new PeerSilent('as65002'), 'gone', 'gone'],
    ['the time is over', late, 'late', 'late'],
    ['the time is over while the agent may have run', new OutcomeUnknown(late), 'late', 'late'],
    ['the server redirects', new RedirectRefused(URL_OF, 307), 'agent-failed', 'agent-failed'],
    ['the reply is too large', new ReplyTooLarge(URL_OF, 1), 'agent-failed', 'agent-failed'],
    ['the address must not be called', new AddressRefused('h', '10.0.0.1', 'private'), undefined, undefined],
    ['the request cannot be sent', new UnsendableRequest(URL_OF, new Error()), undefined, undefined],
    ['a router reports that the agent failed', refusedBy('AGENT_ERROR', 'yes'), 'agent-failed', 'answered'],
    [
      'a router reports that the agent is unreachable',
      refusedBy('SERVER_UNAVAILABLE', 'no'),
      'agent-failed',
      'answered',
    ],
    ['a router ran out of time', refusedBy('TIMEOUT', 'maybe'), 'agent-failed', 'answered'],
    ['a router knows no such agent', refusedBy('AGENT_NOT_FOUND', 'no'), undefined, 'answered'],
    ['a router denies the call', refusedBy('DENIED_BY_POLICY', 'no'), undefined, 'answered'],
    ['a router has seen the call before', refusedBy('LOOP_DETECTED', 'no'), undefined, 'answered'],
    ['a router rejects the request', refusedBy('INVALID_REQUEST', 'maybe'), undefined, 'answered'],
  ])('%s: for a server %3$s, for a peer %4$s', (_, failure, ofServer, ofPeer) => {
    for (const at of [signal, timedOut]) {
      expect(hopOutcome(failure, false, at)).toBe(ofServer);
      expect(hopOutcome(failure, true, at)).toBe(ofPeer);
    }
    for (const isPeer of [true, false]) {
      expect(hopOutcome(failure, isPeer, AbortSignal.abort(new OtherAnswered('overtaken')))).toBe('overtaken');
      expect(hopOutcome(failure, isPeer, AbortSignal.abort())).toBeUndefined();
    }
  });

  it('is undefined if the error is not a failure', () => {
    expect(hopOutcome(new Error('It is a bug.'), false, signal)).toBeUndefined();
  });

  it.each([400, 404, 408, 429, 500, 503])('a peer that answers a relayed call with HTTP %i is up', async (status) => {
    const hop = peerHop(2);
    expect(hopOutcome(await relayed(() => Promise.resolve(new Response(BODY, { status })), hop), true, signal)).toBe(
      'answered',
    );
  });
});

describe('the outcome of a cancelled attempt', () => {
  const failure = new Failure('TIMEOUT', 'It was ended.', { blames: 'nobody', reached: 'maybe' });

  it.each([
    [new OtherAnswered('overtaken'), 'overtaken'],
    [new OtherAnswered('cancelled'), undefined],
    [new DOMException('The caller has gone.', 'AbortError'), undefined],
  ])('after %s: %s', (reason, verdict) => {
    for (const isPeer of [true, false]) expect(hopOutcome(failure, isPeer, AbortSignal.abort(reason))).toBe(verdict);
  });
});
