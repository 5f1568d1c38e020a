import type { Effect } from '../../../src/core/bgp/state/effect.ts';
import type { Event, Timer } from '../../../src/core/bgp/state/event.ts';
import type { Message } from '../../../src/core/bgp/packet/message.ts';
import { capabilityNlri, familyOf } from '../../../src/core/bgp/packet/nlri.ts';
import { step } from '../../../src/core/bgp/speaker.ts';
import { createSpeaker, type Speaker } from '../../../src/core/bgp/state/state.ts';
import { peerSettings } from '../../unit/core/bgp/support/network.ts';
import type { Case, CaseEnd, CaseRouter, CaseStub } from './random-case.ts';
import { GUEST } from './vocabulary.ts';

/** The speakers of a case by name, at rest. */
export type Speakers = ReadonlyMap<string, Speaker>;

/** So many events settle any of these networks; one whose policies contradict one another for ever needs more. */
const MAX_EVENTS = 5_000;
const NOW = 1_000;

/** Lets the real speakers of a case exchange their own messages until they rest; undefined if they never do. */
export function converge(drawn: Case): Speakers | undefined {
  const pump = new Pump(drawn);
  return pump.run() ? pump.speakers : undefined;
}

class Pump {
  readonly speakers = new Map<string, Speaker>();
  readonly #messages: { readonly to: string; readonly event: Event }[] = [];
  /** Due at the end of a turn: after all messages, so that what follows from many of them is told at once. */
  readonly #timers: { readonly to: string; readonly event: Event }[] = [];
  readonly #reticent = new Set<string>();
  #draws = 0;

  constructor({ routers, links }: Case) {
    for (const router of routers) {
      const peers = links.filter(({ ends }) => router.name in ends).flatMap(({ between }) => between);
      this.speakers.set(router.name, speakerOf(router, peers));
    }
    for (const { name, aggregates } of routers) {
      for (const { nlri } of aggregates) this.#take(name, { type: 'DrawSupplied', draw: this.#draw(nlri) });
    }
    for (const { name, stubs } of routers) {
      for (const [rank, stub] of stubs.entries()) this.#originate(name, stub, rank);
    }
    for (const { between, ends } of links) {
      for (const [router, peer] of [between, [...between].reverse()] as [string, string][]) {
        const end = ends[router]!;
        if (end.isReticent) this.#reticent.add(`${peer} ${router}`);
        this.#configure(router, peer, end);
      }
      this.#connect(between);
    }
  }

  /** True if everything was delivered within a bounded number of events. */
  run(): boolean {
    for (let events = 0; events < MAX_EVENTS; events++) {
      const next = this.#messages.shift() ?? this.#timers.shift();
      if (next === undefined) return true;
      this.#take(next.to, next.event);
    }
    return false;
  }

  #configure(router: string, peer: string, { isReticent: _isReticent, ...end }: CaseEnd): void {
    const { asn } = this.speakers.get(peer)!.settings;
    const settings = peerSettings(peer, asn, { ...end, passive: router > peer });
    this.#take(router, { type: 'PeerConfigured', peer: settings, jitter: 0 });
  }

  #connect([a, b]: readonly [string, string]): void {
    const session = { type: 'Session', jitter: 0 } as const;
    this.#take(a, { ...session, peer: b, connection: 'outbound', input: { type: 'TransportConnected' } });
    this.#take(b, { ...session, peer: a, connection: 'inbound', input: { type: 'TransportAccepted' } });
  }

  #originate(router: string, { name, asn, url, agents }: CaseStub, rank: number): void {
    const originations = agents.map(({ id, capabilities, communities }) => {
      const label = { name: id, description: '' };
      return { agent: id, label, capabilities, communities, med: 0, originTime: 1 };
    });
    const nlris = agents.flatMap(({ id, capabilities }) => [id, ...capabilities.map(capabilityNlri)]);
    const stub = { id: name, asn, nextHop: url, rank, weight: 1 };
    const draws = nlris.map((nlri) => this.#draw(nlri));
    this.#take(router, { type: 'RoutesOriginated', stub, agents: originations, draws });
  }

  #take(router: string, event: Event): void {
    const effects = step(this.speakers.get(router)!, event, NOW);
    for (const effect of effects) this.#carryOut(router, effect);
  }

  #carryOut(router: string, effect: Effect): void {
    if (effect.type === 'Send') {
      const connection = effect.connection === 'outbound' ? 'inbound' : 'outbound';
      const message = this.#passing(router, effect.peer, effect.message);
      const input = { type: 'MessageReceived', message } as const;
      const event = { type: 'Session', peer: router, connection, input, jitter: 0 } as const;
      this.#messages.push({ to: effect.peer, event });
    } else if (effect.type === 'SetTimer' && isDue(effect.timer)) {
      this.#timers.push({ to: router, event: { type: 'TimerExpired', timer: effect.timer, jitter: 0 } });
    } else if (effect.type === 'DrawNeeded') {
      this.#take(router, { type: 'DrawSupplied', draw: this.#draw(effect.nlri) });
    }
  }

  #passing(from: string, to: string, message: Message): Message {
    if (message.type !== 'update' || !this.#reticent.has(`${from} ${to}`)) return message;
    return { ...message, reach: message.reach.filter(({ nlri }) => familyOf(nlri) === 'capability') };
  }

  #draw(nlri: string) {
    this.#draws += 1;
    return { nlri, secret: `secret-${this.#draws}`, life: `life-${this.#draws}` };
  }
}

function isDue({ kind }: Timer): boolean {
  return kind === 'advertise';
}

function speakerOf({ name, stubs, asn, routerId, policy, aggregates }: CaseRouter, peers: readonly string[]): Speaker {
  const reservedNames = new Set([...stubs.map((stub) => stub.name), ...peers.filter((peer) => peer !== name)]);
  const core = { asn, routerId, clusterId: routerId, policy, aggregates, maxPaths: 4, medTolerance: 0 };
  return createSpeaker({ ...core, reservedNames, callers: [GUEST] });
}
