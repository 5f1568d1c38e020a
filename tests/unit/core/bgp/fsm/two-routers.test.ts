import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../../../src/core/bgp/fsm/fsm.ts';
import { advance, type Connections } from '../../../../../src/core/bgp/fsm/connections.ts';
import {
  INITIAL_FSM,
  type FsmAction,
  type FsmEvent,
  type FsmTimer,
  type PeerFsmSettings,
} from '../../../../../src/core/bgp/fsm/fsm.ts';
import { CAPABILITIES, EVENTS, received } from './fixture.ts';

type Side = 'a' | 'b';
const CONNECTIONS = ['outbound', 'inbound'] as const;
const TIMERS: Record<FsmTimer, FsmEvent> = {
  'connect-retry': EVENTS.ConnectRetryTimerExpired,
  hold: EVENTS.HoldTimerExpired,
  keepalive: EVENTS.KeepaliveTimerExpired,
};

/** Between the dialler's outbound and the other side's inbound connection; ordered in each direction. */
interface Transport {
  readonly dialler: Side;
  readonly arrived: Record<Side, number>;
}

/** Two routers that dial each other over a network of random latency, in virtual time. */
class Network {
  readonly pairs: Record<Side, Connections> = {
    a: { outbound: INITIAL_FSM, inbound: INITIAL_FSM },
    b: { outbound: INITIAL_FSM, inbound: INITIAL_FSM },
  };
  now = 0;
  lastChange = 0;
  /** How often a session came up at each. */
  readonly ups: Record<Side, number> = { a: 0, b: 0 };
  readonly #held: Record<Side, { [on in Connection]?: Transport | undefined }> = { a: {}, b: {} };
  readonly #timers = new Map<string, object>();
  readonly #queue: { at: number; run: () => void }[] = [];
  readonly #settings: Record<Side, PeerFsmSettings>;
  readonly #random: () => number;
  readonly #latencyMs: number;

  constructor(settings: Record<Side, PeerFsmSettings>, latencyMs: number, random: () => number) {
    this.#settings = settings;
    this.#latencyMs = latencyMs;
    this.#random = random;
  }

  feed(side: Side, on: Connection, event: FsmEvent, offered?: Transport): void {
    const { connections, actions } = advance(this.pairs[side], on, event, this.#settings[side], this.#random());
    this.pairs[side] = connections;
    if (offered !== undefined)
      this.#answer(
        side,
        offered,
        actions.some(({ action }) => action.type === 'refuse'),
      );
    for (const { connection, action } of actions) this.#carryOut(side, connection, action);
  }

  runUntil(end: number): void {
    for (;;) {
      this.#queue.sort((x, y) => x.at - y.at);
      if (this.#queue[0] === undefined || this.#queue[0].at > end) break;
      const { at, run } = this.#queue.shift()!;
      this.now = at;
      run();
    }
    this.now = end;
  }

  /** Breaks what there is; one side or both see it, the other one is left half-open. */
  cut(seenBy: readonly Side[]): void {
    for (const side of ['a', 'b'] as const) {
      for (const on of CONNECTIONS) {
        if (this.#held[side][on] === undefined) continue;
        this.#held[side][on] = undefined;
        if (seenBy.includes(side)) this.feed(side, on, EVENTS.TransportFailed);
      }
    }
  }

  sessions(side: Side): Connection[] {
    return CONNECTIONS.filter((on) => this.pairs[side][on].state === 'established');
  }

  #answer(side: Side, offered: Transport, refused: boolean): void {
    if (!refused) {
      this.#letGo(side, 'inbound');
      this.#held[side].inbound = offered;
    }
    this.#post(offered, offered.dialler, refused ? EVENTS.TransportFailed : EVENTS.TransportConnected);
  }

  #carryOut(side: Side, on: Connection, action: FsmAction): void {
    const timerKey = (timer: FsmTimer) => `${side} ${on} ${timer}`;
    const transport = this.#held[side][on];
    switch (action.type) {
      case 'dial':
        this.#dial(side);
        break;
      case 'send':
        if (transport !== undefined) this.#post(transport, other(side), received(action.message));
        break;
      case 'close':
        this.#letGo(side, on);
        break;
      case 'start-timer':
        this.#start(timerKey(action.timer), action.delayMs, () => {
          this.feed(side, on, TIMERS[action.timer]);
        });
        break;
      case 'stop-timer':
        this.#timers.delete(timerKey(action.timer));
        break;
      case 'established':
        this.ups[side] += 1;
        this.lastChange = this.now;
        break;
      case 'down':
        this.lastChange = this.now;
        break;
      case 'refuse':
      case 'deliver':
        break;
    }
  }

  #dial(side: Side): void {
    const transport: Transport = { dialler: side, arrived: { a: 0, b: 0 } };
    this.#held[side].outbound = transport;
    this.#later(transport, other(side), () => {
      this.feed(other(side), 'inbound', EVENTS.TransportAccepted, transport);
    });
  }

  #letGo(side: Side, on: Connection): void {
    const transport = this.#held[side][on];
    this.#held[side][on] = undefined;
    if (transport !== undefined) this.#post(transport, other(side), EVENTS.TransportFailed);
  }

  /** What arrives for a transport that its receiver has let go of is lost. */
  #post(transport: Transport, to: Side, event: FsmEvent): void {
    const on = transport.dialler === to ? 'outbound' : 'inbound';
    this.#later(transport, to, () => {
      if (this.#held[to][on] !== transport) return;
      if (event.type === 'TransportFailed') this.#held[to][on] = undefined;
      this.feed(to, on, event);
    });
  }

  #later(transport: Transport, to: Side, run: () => void): void {
    const at = Math.max(transport.arrived[to], this.now + this.#random() * this.#latencyMs);
    transport.arrived[to] = at;
    this.#queue.push({ at, run });
  }

  #start(key: string, delayMs: number, run: () => void): void {
    const token = {};
    this.#timers.set(key, token);
    const expire = () => {
      if (this.#timers.get(key) === token) this.#timers.delete(key);
      else return;
      run();
    };
    this.#queue.push({ at: this.now + delayMs, run: expire });
  }
}

function other(side: Side): Side {
  return side === 'a' ? 'b' : 'a';
}

function settings(asn: number, routerId: string, peerAsn: number, graceful: boolean): PeerFsmSettings {
  const { gracefulRestart, ...plain } = CAPABILITIES;
  const capabilities = graceful ? { ...plain, ...(gracefulRestart && { gracefulRestart }) } : plain;
  return { local: { asn, routerId, holdTimeSeconds: 90, capabilities }, peerAsn };
}

const scenario = fc.record({
  graceful: fc.boolean(),
  sameRouterId: fc.boolean(),
  latencyMs: fc.constantFrom(0, 1, 20, 400),
  startsLaterMs: fc.constantFrom(0, 1, 10, 500, 7_000),
  seenBy: fc.constantFrom<readonly Side[]>(['a', 'b'], ['a'], ['b']),
  draws: fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
});

describe('two routers that dial each other', () => {
  it('end with one session, the same on both sides, and find it again when it is cut', () => {
    fc.assert(
      fc.property(scenario, ({ graceful, sameRouterId, latencyMs, startsLaterMs, seenBy, draws }) => {
        const a = settings(65001, '10.0.0.1', 65002, graceful);
        const b = settings(65002, sameRouterId ? '10.0.0.1' : '10.0.0.2', 65001, graceful);
        const network = new Network({ a, b }, latencyMs, () => (draws.next() as { value: number }).value);
        const expectOneSession = () => {
          const [one = 'none', ...more] = network.sessions('a');
          expect(more).toEqual([]);
          expect(network.sessions('b')).toEqual([one === 'outbound' ? 'inbound' : 'outbound']);
        };
        for (const on of CONNECTIONS) network.feed('a', on, EVENTS.ManualStart);
        network.runUntil(startsLaterMs);
        for (const on of CONNECTIONS) network.feed('b', on, EVENTS.ManualStart);
        network.runUntil(20_000);
        expectOneSession();
        // It came up soon and has not moved since.
        expect(network.lastChange).toBeLessThan(startsLaterMs + 12_000);
        expect(network.ups).toEqual({ a: 1, b: 1 });

        network.cut(seenBy);
        network.runUntil(20_000 + 180_000);
        expectOneSession();
        // With graceful restart who lost it dials again and is believed; else the other's hold timer must run out first.
        const withinMs = graceful || seenBy.length === 2 ? 15_000 : 150_000;
        expect(network.lastChange).toBeLessThan(20_000 + withinMs);
      }),
      { numRuns: 2_000, seed: 4271 },
    );
  });
});
