import { describe, expect, it } from 'vitest';
import { MastraAgents } from '../../../src/agents/mastra-agents.ts';
import { Refusal, refusalFailure } from '../../../src/agents/refusal.ts';
import { ConnectionLost } from '../../../src/egress/failures.ts';
import { Failure } from '../../../src/failure.ts';
import { readCrossing } from '../../../src/forwarding/crossing.ts';
import { OtherAnswered } from '../../../src/forwarding/hedge.ts';
import { routeHop } from '../../../src/forwarding/hop.ts';
import { relayOver } from '../../../src/forwarding/relay.ts';
import { PeerSilent } from '../../../src/peering/silent-peers.ts';
import { verdictOn } from '../../../src/runtime/verdict.ts';
import { routeWith } from '../bgp/support/route.ts';

const { signal } = new AbortController();
const BODY = JSON.stringify({ error: 'No.' });

/** The failure of a call that is relayed. */
function relayed(fetch: () => Promise<Response>): Promise<unknown> {
  const relay = relayOver(
    () => fetch,
    () => 'No',
  );
  const crossing = readCrossing(() => undefined);
  const request = {
    caller: 'as65010',
    action: 'generate',
    contentType: 'application/json',
    body: '{}',
    crossing,
    signal,
    over: Promise.resolve(),
  };
  return relay(routeHop(routeWith(), 'a'), request).catch((error: unknown) => error);
}

/** The failures of one reply, to a call that begins here and to one that is relayed. */
async function failures(status: number): Promise<readonly unknown[]> {
  const direct = refusalFailure(new Refusal(status, BODY, undefined), 'a', 'http://server0:4111');
  return [direct, await relayed(() => Promise.resolve(new Response(BODY, { status })))];
}

describe('what a refusal says of a server', () => {
  it.each([400, 401, 403, 404, 405, 407, 413, 415, 422])(
    'HTTP %i: nothing, the request is to blame',
    async (status) => {
      for (const failure of await failures(status)) expect(verdictOn(failure, false, signal)).toBeUndefined();
    },
  );

  it.each([408, 429, 500, 503])('HTTP %i: that it is not well', async (status) => {
    for (const failure of await failures(status)) expect(verdictOn(failure, false, signal)).toBe('agent-failed');
  });
});

describe('what a call without an answer says of its next hop', () => {
  it.each<[string, Failure, boolean]>([
    ['the connection broke', new ConnectionLost(new URL('http://server0:4111'), undefined, 'maybe'), false],
    ['the peer fell silent', new PeerSilent('as65002'), true],
  ])('%s: that it is gone, wherever the call began', async (_, failure, isPeer) => {
    const fetch = (): Promise<Response> => Promise.reject(failure);
    const call = { agentId: 'a', messages: [], signal };
    const direct = await new MastraAgents('http://server0:4111', fetch).generate(call).catch((error: unknown) => error);
    expect(direct).toMatchObject({ reached: 'maybe' });
    for (const failed of [direct, await relayed(fetch)]) expect(verdictOn(failed, isPeer, signal)).toBe('gone');
  });
});

describe('what an attempt says of its next hop that was ended before its time', () => {
  const failure = new Failure('TIMEOUT', 'It was ended.', { reached: 'maybe' });

  it.each([
    [new OtherAnswered('overtaken'), 'overtaken'],
    [new OtherAnswered('cancelled'), undefined],
    [new DOMException('The caller has gone.', 'AbortError'), undefined],
  ])('after %s: %s', (reason, verdict) => {
    for (const isPeer of [true, false]) expect(verdictOn(failure, isPeer, AbortSignal.abort(reason))).toBe(verdict);
  });
});
