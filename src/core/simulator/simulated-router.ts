import type { Effect } from '../bgp/state/effect.ts';
import type { Event, Origination, Stub } from '../bgp/state/event.ts';
import { capabilityNlri, type Nlri } from '../bgp/packet/nlri.ts';
import type { PeerSettings } from '../bgp/state/peer-settings.ts';
import { ACCEPT_ALL, type Policy } from '../bgp/policy/policy.ts';
import type { PeerId, Route } from '../bgp/rib/route.ts';
import { step } from '../bgp/speaker.ts';
import { createSpeaker, type Speaker, type SpeakerSettings } from '../bgp/state/state.ts';
import { draw } from './lives.ts';
import type { Random } from './random.ts';
import type { AgentSpec, RouterSpec } from './topology.ts';

/** The date at which virtual time begins, so that a clock that is set back still shows a date. */
export const EPOCH_MS = 1_700_000_000_000;

/** The ASN of every router's own agents: it never leaves the router. */
const STUB_ASN = 4_200_000_000;

/** A router: its speaker while it runs, and what it knows again after a crash. */
export class Router {
  readonly name: string;
  readonly peers: readonly PeerSettings[];
  /** Peers with which a session is up. */
  readonly established = new Set<PeerId>();
  readonly #random: Random;
  /** The agents of the server beside the router. */
  readonly #agents = new Map<string, AgentSpec>();
  /** The originations of these agents since the router's last start. */
  readonly #announced = new Map<string, Origination>();
  #settings: SpeakerSettings;
  #speaker: Speaker | undefined;
  #clockOffsetMs = 0;
  #originations = 0;

  constructor(spec: RouterSpec, peers: readonly PeerSettings[], random: Random) {
    this.name = spec.name;
    this.peers = peers;
    this.#settings = speakerSettings(spec);
    this.#random = random;
    for (const agent of spec.agents) this.#agents.set(agent.id, agent);
  }

  get settings(): SpeakerSettings {
    return this.#settings;
  }

  /** Undefined while the router is down. */
  get speaker(): Speaker | undefined {
    return this.#speaker;
  }

  get alive(): boolean {
    return this.#speaker !== undefined;
  }

  /** The agents that the router originates now. */
  get originations(): readonly Origination[] {
    return [...this.#announced.values()];
  }

  /** Returns an agent as it is originated now. */
  originationOf(agent: string): Origination | undefined {
    return this.#announced.get(agent);
  }

  /** Returns the time that the clock of this router shows. */
  localTime(now: number): number {
    return EPOCH_MS + now + this.#clockOffsetMs;
  }

  /** Returns the virtual time at which the clock of this router shows a time. */
  trueTime(local: number): number {
    return local - EPOCH_MS - this.#clockOffsetMs;
  }

  /** Comes up without memory; what follows is what it then learns from its configuration and its agent server. */
  start(now: number, clockOffsetMs: number): Event[] {
    this.#clockOffsetMs = clockOffsetMs;
    this.#speaker = createSpeaker(this.#settings);
    const specs = [...this.#agents.values()];
    const configured = this.peers.map((peer) => ({
      type: 'PeerConfigured' as const,
      peer,
      jitter: this.#random.next(),
    }));
    return [...configured, ...(specs.length > 0 ? [this.announce(specs, now)] : [])];
  }

  crash(): void {
    this.#speaker = undefined;
    this.#announced.clear();
    this.established.clear();
  }

  /** Adds or changes agents; those that change keep their origin time and life. A router that is down finds them when it starts. */
  announce(specs: readonly AgentSpec[], now: number): Event {
    for (const spec of specs) this.#agents.set(spec.id, spec);
    const agents = this.alive ? specs.map((spec) => this.#originate(spec, now)) : [];
    const paths = specs.flatMap(({ capabilities }) => capabilities.map(capabilityNlri));
    const nlris = [...new Set<Nlri>([...specs.map(({ id }) => id), ...paths])];
    return { type: 'RoutesOriginated', stub: this.#stub, agents, draws: nlris.map((nlri) => draw(nlri, this.#random)) };
  }

  /** Returns the agent with another health, or undefined when there is no such agent. */
  measure(agent: string, med: number, now: number): Event | undefined {
    const spec = this.#agents.get(agent);
    return spec && this.announce([{ ...spec, med }], now);
  }

  withdraw(agents: readonly string[]): Event {
    for (const agent of agents) {
      this.#agents.delete(agent);
      this.#announced.delete(agent);
    }
    return { type: 'RoutesEnded', stub: this.#stub.id, agents };
  }

  replacePolicy(policy: Policy): Event {
    this.#settings = { ...this.#settings, policy };
    return { type: 'PolicyReplaced', policy };
  }

  step(event: Event, now: number): readonly Effect[] {
    return this.#speaker === undefined ? [] : step(this.#speaker, event, this.localTime(now));
  }

  best(nlri: Nlri): Route | undefined {
    return this.#speaker?.locRib.get(nlri)?.best;
  }

  /** Yields the Loc-RIB: every NLRI that has a best route. */
  *routes(): Generator<Route> {
    for (const { best } of this.#speaker?.locRib.entries() ?? []) if (best !== undefined) yield best;
  }

  #originate({ id, capabilities, communities, localPref, med }: AgentSpec, now: number): Origination {
    const known = this.#announced.get(id);
    const origination: Origination = {
      agent: id,
      label: known?.label ?? { name: id, description: `${this.name}#${++this.#originations}` },
      capabilities,
      communities,
      ...(localPref === undefined ? {} : { localPref }),
      med,
      originTime: known?.originTime ?? this.localTime(now),
    };
    this.#announced.set(id, origination);
    return origination;
  }

  get #stub(): Stub {
    return { id: `${this.name}-agents`, asn: STUB_ASN, nextHop: `http://${this.name}.agents`, rank: 0, weight: 1 };
  }
}

/** Returns the settings of a router's speaker; a simulated call takes one path after the other, so nothing is balanced. */
function speakerSettings({ asn, routerId, policy = ACCEPT_ALL }: RouterSpec): SpeakerSettings {
  return { asn, routerId, clusterId: routerId, policy, aggregates: [], maxPaths: 1, medTolerance: 0 };
}
