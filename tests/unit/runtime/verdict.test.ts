import { describe, expect, it } from 'vitest';
import { Refusal, refusalFailure } from '../../../src/agents/refusal.ts';
import { Failure } from '../../../src/failure.ts';
import { readCrossing } from '../../../src/forwarding/crossing.ts';
import { OtherAnswered } from '../../../src/forwarding/hedge.ts';
import { routeHop } from '../../../src/forwarding/hop.ts';
import { relayOver } from '../../../src/forwarding/relay.ts';
import { verdictOn } from '../../../src/runtime/verdict.ts';
import { routeWith } from '../bgp/support/route.ts';

const { signal } = new AbortController();
const BODY = JSON.stringify({ error: 'No.' });

/** The failures of one reply, to a call that begins here and to one that is relayed. */
async function failures(status: number): Promise<readonly unknown[]> {
  const relay = relayOver(
    () => () => Promise.resolve(new Response(BODY, { status })),
    () => 'No',
  );
  const crossing = readCrossing(() => undefined);
  const request = { action: 'generate', contentType: 'application/json', body: '{}', crossing, signal };
  const relayed = await relay(routeHop(routeWith(), 'a'), request).catch((error: unknown) => error);
  return [refusalFailure(new Refusal(status, BODY, undefined), 'a', 'http://server0:4111'), relayed];
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
