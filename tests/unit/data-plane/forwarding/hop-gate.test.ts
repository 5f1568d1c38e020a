import { once } from 'node:events';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { CallSlots } from '../../../../src/data-plane/balancing/call-slots.ts';
import { HopLoads } from '../../../../src/data-plane/balancing/hop-loads.ts';
import { QueueFull } from '../../../../src/data-plane/balancing/queue-failures.ts';
import { CallCancelled, ServerUnreachable } from '../../../../src/base/egress/failures.ts';
import type { Cut } from '../../../../src/data-plane/forwarding/attempt.ts';
import { readTransitContext } from '../../../../src/data-plane/forwarding/transit-context.ts';
import { Deadline } from '../../../../src/data-plane/forwarding/deadline.ts';
import { OtherAnswered } from '../../../../src/data-plane/forwarding/hedge.ts';
import { HopGate } from '../../../../src/data-plane/forwarding/hop-gate.ts';
import { NO_LOAD } from '../../../../src/control-plane/health/score.ts';
import { ServerHealth } from '../../../../src/control-plane/health/server-health.ts';

const URL_OF = { own: 'http://own:4111', peer: 'http://peer:3001' };
const REST_MS = 1_000;

const ANSWERED = { responseTimeMs: 1, load: NO_LOAD };

let health: ServerHealth;
let gate: HopGate;
let loads: HopLoads;
let isUp: boolean;
let sent: string[];
/** Answers probes in place of the server, if present. */
let answerProbe: (() => Promise<typeof ANSWERED>) | undefined;

beforeEach(() => {
  vi.useFakeTimers();
  isUp = false;
  answerProbe = undefined;
  sent = [];
  const server = {
    name: 'own',
    url: URL_OF.own,
    asn: 65001,
    headers: {},
    capabilities: [],
    communities: [],
    description: '',
  };
  health = new ServerHealth({
    servers: [server],
    health: { intervalMs: 60_000, timeoutMs: 500, failures: 3, restMs: REST_MS },
    probe: () => answerProbe?.() ?? (isUp ? Promise.resolve(ANSWERED) : Promise.reject(new Error('refused'))),
    onListing: () => true,
    log: () => undefined,
  });
  const slots = new CallSlots({ maxConcurrent: 4, maxQueued: 0 });
  loads = new HopLoads();
  gate = new HopGate({ health, loads, slots, onUnreached: () => undefined });
});

afterEach(() => {
  health.stop();
  vi.useRealTimers();
});

/** A call of the only copy of an agent. */
function call(at: keyof typeof URL_OF): Promise<Response> {
  const nextHop = URL_OF[at];
  return through(at, new AbortController().signal, () => {
    sent.push(at);
    return isUp
      ? Promise.resolve(new Response())
      : Promise.reject(new ServerUnreachable(new URL(nextHop), new Error()));
  });
}

function through(
  at: keyof typeof URL_OF,
  signal: AbortSignal,
  relay: () => Promise<Response>,
  over = Promise.resolve(),
): Promise<Response> {
  const metrics = { asPath: [], localPref: 100, med: 0, communities: [] };
  const hop = {
    nextHop: URL_OF[at],
    peer: at === 'peer' ? 'as65010' : undefined,
    route: undefined,
    agentId: 'a',
    requires: [],
    qualifiedId: 'a',
    metrics,
  };
  const transit = readTransitContext(() => undefined);
  const request = {
    caller: 'as65010',
    action: 'generate',
    contentType: 'application/json',
    body: '{}',
    transit,
    signal,
    over,
  };
  return gate.relay(relay)(hop, request);
}

async function failThreeTimes(at: keyof typeof URL_OF): Promise<void> {
  for (let times = 0; times < 3; times++) await expect(call(at)).rejects.toThrow('No connection');
}

it.each(['own', 'peer'] as const)(
  'a call of the only copy is rejected at once and unsent while its next hop is paused, with a retry time (%s)',
  async (at) => {
    await failThreeTimes(at);
    await expect(call(at)).rejects.toMatchObject({
      code: 'SERVER_UNAVAILABLE',
      reached: 'no',
      details: { retryAfterMs: REST_MS },
    });
    expect(sent).toHaveLength(3);
  },
);

it('an own server is called again when its probe after the pause is answered, without a trial call', async () => {
  await failThreeTimes('own');
  isUp = true;
  await vi.advanceTimersByTimeAsync(REST_MS);
  await call('own');
  expect(sent).toHaveLength(4);
});

it('an own server whose probe is not answered is paused for longer, for all callers', async () => {
  await failThreeTimes('own');
  await vi.advanceTimersByTimeAsync(REST_MS);
  await expect(call('own')).rejects.toMatchObject({ details: { retryAfterMs: 2 * REST_MS } });
  expect(sent).toHaveLength(3);
});

it('a peer cannot be probed, so the next call after the pause tries it, and one more failure pauses it again', async () => {
  await failThreeTimes('peer');
  await vi.advanceTimersByTimeAsync(REST_MS);
  await expect(call('peer')).rejects.toThrow('No connection');
  await expect(call('peer')).rejects.toMatchObject({ details: { retryAfterMs: 2 * REST_MS } });
  isUp = true;
  await vi.advanceTimersByTimeAsync(2 * REST_MS);
  await call('peer');
  expect(sent).toHaveLength(5);
});

/** Makes ten calls at once after a pause. `answer` ends the calls that reach the next hop. */
async function tenCalls(at: keyof typeof URL_OF, signal = new AbortController().signal) {
  await failThreeTimes(at);
  const slots = new CallSlots({ maxConcurrent: 20, maxQueued: 0 });
  gate = new HopGate({ health, loads, slots, onUnreached: () => undefined });
  sent = [];
  const probes: (() => void)[] = [];
  answerProbe = () =>
    new Promise((resolve) =>
      probes.push(() => {
        resolve(ANSWERED);
      }),
    );
  await vi.advanceTimersByTimeAsync(REST_MS);
  const under = new Map<number, (succeeds: boolean) => void>();
  const calls = Array.from({ length: 10 }, (_, place) =>
    through(at, signal, () => {
      sent.push(at);
      return new Promise((resolve, reject) => {
        under.set(place, (succeeds) => {
          if (succeeds) resolve(new Response());
          else reject(new ServerUnreachable(new URL(URL_OF[at]), new Error()));
        });
      });
    }),
  );
  const outcomes = Promise.allSettled(calls);
  await vi.advanceTimersByTimeAsync(0);
  return { probes, under, outcomes };
}

it('none of ten concurrent calls to a recovered server is sent before its one probe is answered', async () => {
  const { probes, under, outcomes } = await tenCalls('own');
  expect(probes).toHaveLength(1);
  expect(sent).toHaveLength(0);
  probes[0]?.();
  await vi.advanceTimersByTimeAsync(0);
  expect(sent).toHaveLength(10);
  for (const answer of under.values()) answer(true);
  expect((await outcomes).map(({ status }) => status)).toEqual(Array(10).fill('fulfilled'));
});

it('one of ten concurrent calls to a paused peer is the probe, and the others are sent after its answer', async () => {
  const { under, outcomes } = await tenCalls('peer');
  expect(sent).toHaveLength(1);
  expect(loads.outstanding(URL_OF.peer)).toBe(10);
  under.get(0)?.(true);
  await vi.advanceTimersByTimeAsync(0);
  expect(sent).toHaveLength(10);
  for (const answer of under.values()) answer(true);
  expect((await outcomes).map(({ status }) => status)).toEqual(Array(10).fill('fulfilled'));
  expect(loads.outstanding(URL_OF.peer)).toBe(0);
});

it('one of ten concurrent calls to an unreachable peer is sent, and the others are rejected', async () => {
  const { under, outcomes } = await tenCalls('peer');
  under.get(0)?.(false);
  const [first, ...others] = await outcomes;
  expect(sent).toHaveLength(1);
  expect(first).toMatchObject({ reason: { message: expect.stringContaining('No connection') as string } });
  for (const other of others) {
    expect(other).toMatchObject({ reason: { name: 'BreakerOpen', details: { retryAfterMs: 2 * REST_MS } } });
  }
  expect(loads.outstanding(URL_OF.peer)).toBe(0);
});

it('a call waits for a probe only within its own time limit', async () => {
  const ending = new AbortController();
  const { under, outcomes } = await tenCalls('peer', ending.signal);
  ending.abort();
  under.get(0)?.(false);
  const [, ...others] = await outcomes;
  expect(sent).toHaveLength(1);
  for (const other of others) {
    expect(other).toMatchObject({ reason: { name: 'ProbeAwaited', code: 'TIMEOUT', reached: 'no' } });
  }
});

it('a cancelled probe leaves the trial of the peer to another call', async () => {
  await failThreeTimes('peer');
  await vi.advanceTimersByTimeAsync(REST_MS);
  const ending = new AbortController();
  const cancelled = through('peer', ending.signal, () =>
    once(ending.signal, 'abort').then(() => Promise.reject(new CallCancelled(new URL(URL_OF.peer), undefined))),
  );
  isUp = true;
  const waiting = call('peer');
  await vi.advanceTimersByTimeAsync(0);
  expect(sent).toHaveLength(3);
  ending.abort();
  await expect(cancelled).rejects.toThrow('cancelled');
  await waiting;
  expect(sent).toHaveLength(4);
});

it('a stream that has begun ends the wait of other calls', async () => {
  await failThreeTimes('peer');
  await vi.advanceTimersByTimeAsync(REST_MS);
  const hop = { nextHop: URL_OF.peer, peer: 'as65010', route: undefined, agentId: 'a', requires: [], qualifiedId: 'a' };
  const metrics = { asPath: [], localPref: 100, med: 0, communities: [] };
  const said = { interactionType: 'stream' as const, messages: [] };
  const transit = readTransitContext(() => undefined);
  const { signal } = new AbortController();
  const control = { signal, onChunk: () => undefined, onAnsweringAgent: () => undefined, transit };
  const chunks: (() => void)[] = [];
  const stream = gate.nextHops({
    call: (_hop, _said, { onChunk }) =>
      new Promise((resolve) =>
        chunks.push(
          () => {
            onChunk('a');
          },
          () => {
            resolve('');
          },
        ),
      ),
  });
  const first = stream.call({ ...hop, metrics }, said, control);
  await vi.advanceTimersByTimeAsync(0);
  isUp = true;
  const waiting = call('peer');
  await vi.advanceTimersByTimeAsync(0);
  expect(sent).toHaveLength(3);
  chunks[0]?.();
  await waiting;
  chunks[1]?.();
  await first;
});

it('a streamed reply counts as running until it is over', async () => {
  const { signal } = new AbortController();
  const begin = (over: Promise<void>) => through('own', signal, () => Promise.resolve(new Response()), over);
  const first = new Deadline(signal, 1_000);
  const second = new Deadline(signal, 1_000);
  for (const { over } of [first, second]) await begin(over);
  expect(loads.outstanding(URL_OF.own)).toBe(2);
  await expect(begin(Promise.resolve())).rejects.toThrow(QueueFull);
  first.stop();
  second.abort(new Error('the time is over'));
  await Promise.all([first.over, second.over]);
  expect(loads.outstanding(URL_OF.own)).toBe(0);
  await begin(Promise.resolve());
});

/** A call that is cancelled after a while because another copy has answered. */
async function endedAfter(ms: number, cut: Cut): Promise<void> {
  const ending = new AbortController();
  const ended = through('own', ending.signal, () =>
    once(ending.signal, 'abort').then(() => Promise.reject(new CallCancelled(new URL(URL_OF.own), undefined))),
  );
  const failed = expect(ended).rejects.toThrow('cancelled');
  await vi.advanceTimersByTimeAsync(ms);
  ending.abort(new OtherAnswered(cut));
  await failed;
}

it('a server that is overtaken repeatedly counts as slow, but not as failing or unreachable', async () => {
  const called = vi.spyOn(health.monitor, 'called');
  for (let times = 0; times < 5; times += 1) await endedAfter(400, 'overtaken');
  expect(loads.latencyMs(URL_OF.own, 'a')).toBe(400);
  expect(loads.outstanding(URL_OF.own)).toBe(0);
  expect(called).toHaveBeenLastCalledWith('own', 'a', { responseTimeMs: 400, succeeded: undefined });
  expect(health.breakers.admit(URL_OF.own).kind).toBe('passed');
});

it('a server is not measured if its answer was no longer needed', async () => {
  const called = vi.spyOn(health.monitor, 'called');
  for (let times = 0; times < 5; times += 1) await endedAfter(10, 'cancelled');
  expect(loads.latencyMs(URL_OF.own, 'a')).toBeUndefined();
  expect(loads.outstanding(URL_OF.own)).toBe(0);
  expect(called).not.toHaveBeenCalled();
  expect(health.breakers.admit(URL_OF.own).kind).toBe('passed');
});

it.each(['overtaken', 'cancelled'] as const)('a call that is %s does not offset failed calls', async (cut) => {
  for (let times = 0; times < 2; times += 1) await expect(call('own')).rejects.toThrow('No connection');
  await endedAfter(10, cut);
  await expect(call('own')).rejects.toThrow('No connection');
  expect(health.breakers.admit(URL_OF.own)).toEqual({ kind: 'resting', restMs: REST_MS });
});

it('a greedy caller leaves a slot to others and one to the own user', async () => {
  const { signal } = new AbortController();
  const never = new Promise<void>(() => undefined);
  const begin = () => through('own', signal, () => Promise.resolve(new Response()), never);
  for (let made = 0; made < 2; made += 1) await begin();
  await expect(begin()).rejects.toThrow(QueueFull);
  const reply = vi.fn(() => Promise.resolve('hello'));
  const hop = { nextHop: URL_OF.own, peer: undefined, route: undefined, agentId: 'a', requires: [], qualifiedId: 'a' };
  const metrics = { asPath: [], localPref: 100, med: 0, communities: [] };
  const said = { interactionType: 'generate' as const, messages: [] };
  const transit = readTransitContext(() => undefined);
  const control = { signal, onChunk: () => undefined, onAnsweringAgent: () => undefined, transit };
  expect(await gate.nextHops({ call: reply }).call({ ...hop, metrics }, said, control)).toBe('hello');
});
