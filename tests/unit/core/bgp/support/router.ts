import type { Effect } from '../../../../../src/core/bgp/state/effect.ts';
import type { Draw, Event, Origination, Stub, Timer } from '../../../../../src/core/bgp/state/event.ts';
import type { PathAttributes } from '../../../../../src/core/bgp/packet/attributes.ts';
import type { Message, Reach, SessionCapabilities, Update } from '../../../../../src/core/bgp/packet/message.ts';
import { capabilityNlri, type Nlri } from '../../../../../src/core/bgp/packet/nlri.ts';
import type { PeerSettings } from '../../../../../src/core/bgp/state/peer-settings.ts';
import { ACCEPT_ALL, type Policy, type Statement } from '../../../../../src/core/bgp/policy/policy.ts';
import type { Route } from '../../../../../src/core/bgp/rib/route.ts';
import { step } from '../../../../../src/core/bgp/speaker.ts';
import {
  createSpeaker,
  type Peer,
  type Speaker,
  type SpeakerSettings,
} from '../../../../../src/core/bgp/state/state.ts';
import { peerSettings, stubOf } from './network.ts';

/** One router of AS 65000 whose peers are played by the test: every message that it sends is kept, every timer is known. */
export class Router {
  readonly speaker: Speaker;
  readonly effects: Effect[] = [];
  readonly timers = new Map<string, { timer: Timer; at: number }>();
  now = 1_000_000;
  /** Whether what is due at once comes with the event that asked for it; otherwise with {@link wait}. */
  automatic = true;
  #draws = 0;

  constructor(settings: Partial<SpeakerSettings> = {}) {
    this.speaker = createSpeaker({
      asn: 65000,
      routerId: '10.0.0.1',
      clusterId: '10.0.0.1',
      policy: ACCEPT_ALL,
      aggregates: [],
      maxPaths: 4,
      medTolerance: 0,
      ...settings,
    });
  }

  /** Configures a peer, unless it is, and brings its session up. */
  up(id: string, asn: number, settings: Partial<PeerSettings> = {}, says: Partial<SessionCapabilities> = {}): void {
    if (!this.speaker.peers.has(id)) this.configure(id, asn, settings);
    const routerId = `10.1.0.${[...this.speaker.peers.keys()].indexOf(id) + 1}`;
    const capabilities: SessionCapabilities = {
      families: ['agent', 'capability'],
      routeRefresh: true,
      proofs: true,
      decision: '',
      ...says,
    };
    this.input(id, { type: 'TransportAccepted' });
    this.receive(id, { type: 'open', version: 4, asn, routerId, holdTimeSeconds: 90, capabilities });
    this.receive(id, { type: 'keepalive' });
  }

  configure(id: string, asn: number, settings: Partial<PeerSettings> = {}): void {
    this.event({ type: 'PeerConfigured', peer: peerSettings(id, asn, { passive: true, ...settings }), jitter: 0 });
  }

  lose(id: string): void {
    this.input(id, { type: 'TransportFailed' });
  }

  receive(id: string, message: Message): void {
    this.input(id, { type: 'MessageReceived', message });
  }

  update(id: string, change: Partial<Update>): void {
    this.receive(id, { type: 'update', withdrawn: [], reach: [], proofs: [], ...change });
  }

  /** The peer tells of agents or capabilities; its path begins with its own AS unless the test says otherwise. */
  announce(
    id: string,
    nlris: Nlri | readonly Nlri[],
    change: Partial<PathAttributes> = {},
    reach: Partial<Reach> = {},
  ) {
    const asn = this.peer(id).settings.asn;
    const attributes: PathAttributes = {
      asPath: asn === this.speaker.settings.asn ? [] : [asn],
      nextHop: '',
      localPref: 100,
      med: 0,
      communities: [],
      capabilities: [],
      originTime: 1,
      ...change,
    };
    this.update(id, { attributes, reach: [nlris].flat().map((nlri) => ({ nlri, ...reach })) });
  }

  withdraw(id: string, ...withdrawn: Nlri[]): void {
    this.update(id, { withdrawn });
  }

  originate(agent: string, change: Partial<Origination> = {}, stub: Partial<Stub> = {}): void {
    const capabilities = change.capabilities ?? [];
    const draws = [agent, ...capabilities.map(capabilityNlri)].map((nlri) => this.draw(nlri));
    const label = { name: agent, description: '' };
    const origination = { agent, label, capabilities, communities: [], med: 0, originTime: 1, ...change };
    this.event({ type: 'RoutesOriginated', stub: stubOf(stub), agents: [origination], draws });
  }

  end(agent: string, stub = 'server0'): void {
    this.event({ type: 'RoutesEnded', stub, agents: [agent] });
  }

  /** Takes an event and, as the shell does at the end of a turn, what is due now. */
  event(event: Event): readonly Effect[] {
    const effects = [...step(this.speaker, event, this.now)];
    for (const effect of effects) this.#note(effect);
    for (const [key, { timer, at }] of this.timers) {
      if (!this.automatic || at > this.now) continue;
      this.timers.delete(key);
      effects.push(...this.event({ type: 'TimerExpired', timer, jitter: 0 }));
    }
    return effects;
  }

  /** Lets time pass, with what it brings: up to so many timers. */
  wait(ms: number, timers = Infinity): void {
    const until = this.now + ms;
    for (let expired = 0; expired < timers; expired++) {
      const [key, due] = [...this.timers].sort(([, a], [, b]) => a.at - b.at)[0] ?? [];
      if (key === undefined || due === undefined || due.at > until) break;
      this.now = Math.max(this.now, due.at);
      this.timers.delete(key);
      this.event({ type: 'TimerExpired', timer: due.timer, jitter: 0 });
    }
    this.now = until;
  }

  /** What the peer was told since this was last asked, without the marks of End-of-RIB. */
  told(id: string): Update[] {
    return this.messages(id).flatMap((message) =>
      message.type === 'update' && message.endOfRib === undefined ? message : [],
    );
  }

  /** The attributes under which the peer was last told of each NLRI and not told of its end. */
  adjRibOut(id: string): Record<Nlri, PathAttributes> {
    return Object.fromEntries([...this.peer(id).adjRibOut].map(([nlri, { attributes }]) => [nlri, attributes]));
  }

  /** All messages to the peer since this was last asked. */
  messages(id: string): Message[] {
    const sent: Message[] = [];
    for (const [at, effect] of [...this.effects.entries()].reverse()) {
      if (effect.type !== 'Send' || effect.peer !== id) continue;
      sent.unshift(effect.message);
      this.effects.splice(at, 1);
    }
    return sent;
  }

  best(nlri: Nlri): Route | undefined {
    return this.speaker.locRib.get(nlri)?.best;
  }

  /** What the peer's Adj-RIB-In holds. */
  heard(id: string, nlri: Nlri): Route | undefined {
    return this.peer(id).adjRibIn.get(nlri);
  }

  peer(id: string): Peer {
    const peer = this.speaker.peers.get(id);
    if (peer === undefined) throw new Error(`no peer ${id}`);
    return peer;
  }

  draw(nlri: Nlri): Draw {
    this.#draws += 1;
    return { nlri, secret: `secret-${this.#draws}`, life: `life-${this.#draws}` };
  }

  input(id: string, input: Extract<Event, { type: 'Session' }>['input']): void {
    this.event({ type: 'Session', peer: id, connection: 'inbound', input, jitter: 0 });
  }

  #note(effect: Effect): void {
    this.effects.push(effect);
    if (effect.type === 'SetTimer') {
      this.timers.set(JSON.stringify(effect.timer), { timer: effect.timer, at: effect.at });
    }
    if (effect.type === 'ClearTimer') this.timers.delete(JSON.stringify(effect.timer));
    if (effect.type === 'DrawNeeded') this.event({ type: 'DrawSupplied', draw: this.draw(effect.nlri) });
  }
}

/** A policy of the statements that are named; everything else is accepted. */
export function policyOf(change: {
  readonly import?: readonly Partial<Statement>[];
  readonly export?: readonly Partial<Statement>[];
  readonly rest?: Partial<Policy>;
}): Policy {
  const chain = (direction: 'import' | 'export') => ({
    direction,
    statements: (change[direction] ?? []).map((statement) => ({
      name: undefined,
      match: {},
      action: 'modify' as const,
      set: {},
      continue: false,
      ...statement,
    })),
    otherwise: 'accept' as const,
  });
  return { ...ACCEPT_ALL, import: chain('import'), export: chain('export'), ...change.rest };
}
