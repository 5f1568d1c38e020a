import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { CallSlots } from '../../../src/balancing/call-slots.ts';
import { HopLoads } from '../../../src/balancing/hop-loads.ts';
import { ServerUnreachable } from '../../../src/egress/failures.ts';
import { readCrossing } from '../../../src/forwarding/crossing.ts';
import { HopGate } from '../../../src/runtime/hop-gate.ts';
import { serverHealth, type ServerHealth } from '../../../src/runtime/server-health.ts';

const URL_OF = { own: 'http://own:4111', peer: 'http://peer:3001' };
const REST_MS = 1_000;

let health: ServerHealth;
let gate: HopGate;
let isUp: boolean;
let sent: string[];

beforeEach(() => {
  vi.useFakeTimers();
  isUp = false;
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
  health = serverHealth({
    servers: [server],
    health: { intervalMs: 60_000, timeoutMs: 500, failures: 3, restMs: REST_MS },
    fetch: () => (isUp ? Promise.resolve(Response.json({})) : Promise.reject(new Error('refused'))),
    onHealth: () => undefined,
    onUsable: () => undefined,
    log: () => undefined,
  });
  const slots = new CallSlots({ maxConcurrent: 10, maxQueued: 0 });
  gate = new HopGate({ health, loads: new HopLoads(), slots, onUnreached: () => undefined });
});

afterEach(() => {
  health.breakers.stop();
  health.monitor.stop();
  vi.useRealTimers();
});

/** A call of the only copy of an agent. */
function call(at: keyof typeof URL_OF): Promise<Response> {
  const nextHop = URL_OF[at];
  const metrics = { asPath: [], localPref: 100, med: 0, communities: [] };
  const hop = {
    nextHop,
    peer: at === 'peer' ? 'as65010' : undefined,
    route: undefined,
    agentId: 'a',
    qualifiedId: 'a',
    metrics,
  };
  const { signal } = new AbortController();
  const crossing = readCrossing(() => undefined);
  const behind = gate.relay(() => {
    sent.push(at);
    return isUp
      ? Promise.resolve(new Response())
      : Promise.reject(new ServerUnreachable(new URL(nextHop), new Error()));
  });
  return behind(hop, { action: 'generate', contentType: 'application/json', body: '{}', crossing, signal });
}

async function failThreeTimes(at: keyof typeof URL_OF): Promise<void> {
  for (let times = 0; times < 3; times++) await expect(call(at)).rejects.toThrow('No connection');
}

it.each(['own', 'peer'] as const)(
  'the only copy is refused while its next hop rests: at once, unsent, with the time after which to call again (%s)',
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

it('an own server is called again when its probe is answered after the rest, and no call had to try', async () => {
  await failThreeTimes('own');
  isUp = true;
  await vi.advanceTimersByTimeAsync(REST_MS);
  await call('own');
  expect(sent).toHaveLength(4);
});

it('an own server whose probe is not answered rests for longer, whoever calls', async () => {
  await failThreeTimes('own');
  await vi.advanceTimersByTimeAsync(REST_MS);
  await expect(call('own')).rejects.toMatchObject({ details: { retryAfterMs: 2 * REST_MS } });
  expect(sent).toHaveLength(3);
});

it('a peer, which cannot be probed, is tried by the next call after the rest: one more failure, and it rests again', async () => {
  await failThreeTimes('peer');
  await vi.advanceTimersByTimeAsync(REST_MS);
  await expect(call('peer')).rejects.toThrow('No connection');
  await expect(call('peer')).rejects.toMatchObject({ details: { retryAfterMs: 2 * REST_MS } });
  isUp = true;
  await vi.advanceTimersByTimeAsync(2 * REST_MS);
  await call('peer');
  expect(sent).toHaveLength(5);
});
