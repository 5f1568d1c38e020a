import type { Effect } from '../../../../../src/core/bgp/state/effect.ts';
import type { Draw, Event, Origination, Stub, Timer } from '../../../../../src/core/bgp/state/event.ts';
import { capabilityNlri } from '../../../../../src/core/bgp/packet/nlri.ts';
import type { Message, Update } from '../../../../../src/core/bgp/packet/message.ts';
import type { PeerSettings } from '../../../../../src/core/bgp/state/peer-settings.ts';
import { ACCEPT_ALL } from '../../../../../src/core/bgp/policy/policy.ts';
import { step } from '../../../../../src/core/bgp/speaker.ts';
import { createSpeaker, type Speaker, type SpeakerSettings } from '../../../../../src/core/bgp/state/state.ts';

/** A message on its way between two routers of the test network. */
interface InFlight {
  readonly to: string;
  readonly event: Event;
}

/**
 * Routers joined back to back, without latency: every message is delivered in order as soon as the network runs. Enough to
 * show one rule at a time; whole networks with time and faults are the simulator's.
 */
export class Network {
  readonly routers = new Map<string, Speaker>();
  readonly sent: { from: string; to: string; message: Message }[] = [];
  readonly effects: { router: string; effect: Effect }[] = [];
  readonly #queue: InFlight[] = [];
  readonly #timers = new Map<string, { router: string; timer: Timer; at: number }>();
  now = 1_000;
  #secrets = 0;

  add(name: string, settings: Partial<SpeakerSettings> & { asn: number }): Speaker {
    const routerId = settings.routerId ?? `10.0.0.${this.routers.size + 1}`;
    const speaker = createSpeaker({
      routerId,
      clusterId: routerId,
      policy: ACCEPT_ALL,
      aggregates: [],
      maxPaths: 4,
      medTolerance: 0,
      ...settings,
    });
    this.routers.set(name, speaker);
    for (const { nlri } of speaker.settings.aggregates)
      this.event(name, { type: 'DrawSupplied', draw: this.draw(nlri) });
    return speaker;
  }

  /** Makes two routers peers of one another, named after each other, and lets their session come up. */
  link(a: string, b: string, ofA: Partial<PeerSettings> = {}, ofB: Partial<PeerSettings> = {}): void {
    this.configure(a, b, { ...ofA });
    this.configure(b, a, { passive: true, ...ofB });
    this.event(a, {
      type: 'Session',
      peer: b,
      connection: 'outbound',
      input: { type: 'TransportConnected' },
      jitter: 0,
    });
    this.event(b, { type: 'Session', peer: a, connection: 'inbound', input: { type: 'TransportAccepted' }, jitter: 0 });
    this.run();
  }

  configure(router: string, peer: string, settings: Partial<PeerSettings> = {}): void {
    const asn = this.speaker(peer).settings.asn;
    this.event(router, { type: 'PeerConfigured', peer: peerSettings(peer, asn, settings), jitter: 0 });
  }

  /** Cuts the session between two routers without a word of farewell. */
  cut(a: string, b: string): void {
    this.event(a, { type: 'Session', peer: b, connection: 'outbound', input: { type: 'TransportFailed' }, jitter: 0 });
    this.event(b, { type: 'Session', peer: a, connection: 'inbound', input: { type: 'TransportFailed' }, jitter: 0 });
  }

  reconnect(a: string, b: string): void {
    this.event(a, { type: 'Session', peer: b, connection: 'outbound', input: { type: 'ManualStart' }, jitter: 0 });
    this.event(b, { type: 'Session', peer: a, connection: 'inbound', input: { type: 'ManualStart' }, jitter: 0 });
    this.event(a, {
      type: 'Session',
      peer: b,
      connection: 'outbound',
      input: { type: 'TransportConnected' },
      jitter: 0,
    });
    this.event(b, { type: 'Session', peer: a, connection: 'inbound', input: { type: 'TransportAccepted' }, jitter: 0 });
    this.run();
  }

  originate(router: string, agent: string, change: Partial<Origination> = {}, stub: Partial<Stub> = {}): void {
    const capabilities = change.capabilities ?? [];
    const draws = [agent, ...capabilities.map(capabilityNlri)].map((nlri) => this.draw(nlri));
    const origination = {
      agent,
      label: { name: agent, description: '' },
      capabilities,
      communities: [],
      med: 0,
      originTime: 1,
      ...change,
    };
    this.event(router, { type: 'RoutesOriginated', stub: stubOf(stub), agents: [origination], draws });
  }

  end(router: string, agent: string, stub = 'server0'): void {
    this.event(router, { type: 'RoutesEnded', stub, agents: [agent] });
  }

  /** Gives a router an event and carries out what follows, except what the network must still deliver. */
  event(router: string, event: Event): readonly Effect[] {
    const effects = step(this.speaker(router), event, this.now);
    for (const effect of effects) this.#carryOut(router, effect);
    return effects;
  }

  /** Delivers everything until nothing is under way. */
  run(): void {
    for (;;) {
      const next = this.#queue.shift();
      if (next !== undefined) this.event(next.to, next.event);
      else if (!this.expire((_timer, at) => at <= this.now)) return;
    }
  }

  /** Lets the timers expire that the test names; whether there was one. */
  expire(which: (timer: Timer, at: number) => boolean): boolean {
    const due = [...this.#timers].find(([, { timer, at }]) => which(timer, at));
    if (due === undefined) return false;
    const [key, { router, timer }] = due;
    this.#timers.delete(key);
    this.event(router, { type: 'TimerExpired', timer, jitter: 0 });
    return true;
  }

  /** Hands a router a message as if a peer had sent it, and lets the network settle. */
  inject(router: string, peer: string, message: Message): void {
    this.deliver(router, peer, message);
    this.run();
  }

  /** Hands a router a message as if a peer had sent it, and nothing more. */
  deliver(router: string, peer: string, message: Message): void {
    const session = this.speaker(router).peers.get(peer)?.session;
    if (session === undefined) throw new Error(`${router} has no session with ${peer}`);
    const input = { type: 'MessageReceived', message } as const;
    this.event(router, { type: 'Session', peer, connection: session.connection, input, jitter: 0 });
  }

  /** The updates that went from one router to another since the list was last emptied. */
  updates(from: string, to: string): Update[] {
    return this.sent.flatMap((sent) =>
      sent.from === from && sent.to === to && sent.message.type === 'update' && sent.message.endOfRib === undefined
        ? sent.message
        : [],
    );
  }

  speaker(name: string): Speaker {
    const speaker = this.routers.get(name);
    if (speaker === undefined) throw new Error(`no router ${name}`);
    return speaker;
  }

  best(router: string, nlri: string) {
    return this.speaker(router).locRib.get(nlri)?.best;
  }

  draw(nlri: string): Draw {
    this.#secrets += 1;
    return { nlri, secret: `secret-${this.#secrets}`, life: `life-${this.#secrets}` };
  }

  #carryOut(router: string, effect: Effect): void {
    this.effects.push({ router, effect });
    if (effect.type === 'Send') this.#send(router, effect.peer, effect.connection, effect.message);
    if (effect.type === 'SetTimer') {
      this.#timers.set(`${router} ${JSON.stringify(effect.timer)}`, { router, timer: effect.timer, at: effect.at });
    }
    if (effect.type === 'ClearTimer') this.#timers.delete(`${router} ${JSON.stringify(effect.timer)}`);
    if (effect.type === 'DrawNeeded') this.event(router, { type: 'DrawSupplied', draw: this.draw(effect.nlri) });
  }

  #send(from: string, to: string, connection: 'outbound' | 'inbound', message: Message): void {
    this.sent.push({ from, to, message });
    const other = connection === 'outbound' ? 'inbound' : 'outbound';
    const input = { type: 'MessageReceived', message } as const;
    this.#queue.push({ to, event: { type: 'Session', peer: from, connection: other, input, jitter: 0 } });
  }
}

export function peerSettings(id: string, asn: number, settings: Partial<PeerSettings> = {}): PeerSettings {
  return {
    id,
    asn,
    url: `http://${id}`,
    passive: false,
    holdTimeSeconds: 90,
    restartTimeSeconds: 0,
    advertisementIntervalMs: 0,
    client: false,
    nextHop: 'self',
    maxRoutes: 100_000,
    maxBytes: 64 * 1024 * 1024,
    allowOrigins: undefined,
    allowAgents: undefined,
    damping: undefined,
    policy: undefined,
    proofs: true,
    ...settings,
  };
}

export function stubOf(stub: Partial<Stub> = {}): Stub {
  return { id: 'server0', asn: 65001, nextHop: 'http://127.0.0.1:4111', rank: 0, weight: 1, ...stub };
}
