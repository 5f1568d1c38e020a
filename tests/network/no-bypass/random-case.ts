import type { Aggregate } from '../../../src/core/bgp/state/state.ts';
import { ACCEPT_ALL, type Policy } from '../../../src/core/bgp/policy/policy.ts';
import { createRandom, type Random } from '../../../src/core/simulator/random.ts';
import { randomLinks } from './random-links.ts';
import { randomPolicy } from './random-policy.ts';
import { CAPABILITIES, IDS } from './vocabulary.ts';

/** An agent at a server beside a router. */
export interface CaseAgent {
  readonly id: string;
  readonly capabilities: readonly string[];
  readonly communities: readonly string[];
}

/** A server of agents beside a router. */
export interface CaseStub {
  readonly name: string;
  readonly asn: number;
  readonly url: string;
  readonly agents: readonly CaseAgent[];
}

/** A router with its servers and its policy. */
export interface CaseRouter {
  readonly name: string;
  readonly asn: number;
  readonly routerId: string;
  readonly stubs: readonly CaseStub[];
  readonly policy: Policy;
  readonly aggregates: readonly Aggregate[];
}

/** What one router has configured for a peer. */
export interface CaseEnd {
  readonly client: boolean;
  readonly policy: Policy | undefined;
  readonly allowAgents: readonly string[] | undefined;
  readonly allowOrigins: readonly number[] | undefined;
  /** True if the peer announces only capabilities here, not the agents behind them. */
  readonly isReticent: boolean;
}

/** A session between two routers, with the settings of each for the other. */
export interface CaseLink {
  readonly between: readonly [string, string];
  readonly ends: Readonly<Record<string, CaseEnd>>;
}

/** A server that no router has configured and that callers may name by URL; it answers to keys as well as ids. */
export interface ForeignServer {
  readonly url: string;
  readonly agents: readonly (CaseAgent & { readonly key: string })[];
}

/** A whole network drawn from a seed. */
export interface Case {
  readonly seed: number;
  readonly routers: readonly CaseRouter[];
  readonly links: readonly CaseLink[];
  readonly foreign: ForeignServer;
  /** The router whose URL callers may name although it is no server, if there is one. */
  readonly namedRouter: string | undefined;
  /** True if nothing is denied to anyone anywhere: then everything that is known can be called. */
  readonly isOpen: boolean;
}

const FIRST_ASN = 65101;
const FIRST_STUB_ASN = 65001;

/** Draws a network of two to six routers in up to five ASes. */
export function randomCase(seed: number): Case {
  const random = createRandom(seed, 61);
  const isOpen = random.next() < 0.1;
  const asns = drawAsns(random);
  const names = asns.map((_, at) => `r${at + 1}`);
  const routers = asns.map((asn, at): CaseRouter => {
    const name = `r${at + 1}`;
    return {
      name,
      asn,
      routerId: `10.0.0.${at + 1}`,
      stubs: drawStubs(random, name, isOpen),
      policy: isOpen ? ACCEPT_ALL : randomPolicy(random, { names, asns }),
      aggregates: random.next() < 0.15 ? [drawAggregate(random)] : [],
    };
  });
  const links = randomLinks(random, routers, isOpen);
  const namedRouter = random.next() < 0.1 ? random.pick(names) : undefined;
  return { seed, routers, links, foreign: drawForeign(random), namedRouter, isOpen };
}

/** Neighbours in the list share an AS now and then, so that there are pairs and clusters with internal sessions. */
function drawAsns(random: Random): number[] {
  const size = random.pick([2, 3, 3, 4, 4, 5, 6]);
  const asns = [FIRST_ASN];
  let asn = FIRST_ASN;
  while (asns.length < size) {
    if (asns.length === 1 && size === 2) asn += 1;
    else if (random.next() < 0.6 || (asns.length === size - 1 && asn === FIRST_ASN)) asn += 1;
    asns.push(asn);
  }
  return asns;
}

function drawStubs(random: Random, router: string, isOpen: boolean): CaseStub[] {
  const names = random.pick([[], ['server0'], ['server0'], ['alpha'], ['server0', 'server1']]);
  return names.map((name, rank) => ({
    name,
    asn: FIRST_STUB_ASN + rank,
    url: `http://${router}-${name}:4111`,
    agents: distinct(Array.from({ length: random.between(1, 2) }, () => drawAgent(random, isOpen))),
  }));
}

function drawAgent(random: Random, isOpen: boolean): CaseAgent {
  const capabilities = Array.from({ length: random.pick([0, 1, 1, 2, 3]) }, () => random.pick(CAPABILITIES));
  const communities = [
    ...(random.next() < 0.2 ? ['secret'] : []),
    ...(random.next() < 0.1 ? ['internal'] : []),
    ...(!isOpen && random.next() < 0.15 ? ['no-export'] : []),
    ...(!isOpen && random.next() < 0.05 ? ['no-advertise'] : []),
  ];
  return { id: random.pick(IDS), capabilities: [...new Set(capabilities)], communities };
}

function distinct(agents: readonly CaseAgent[]): CaseAgent[] {
  return [...new Map(agents.map((agent) => [agent.id, agent])).values()];
}

function drawAggregate(random: Random): Aggregate {
  return { nlri: `~${random.pick(['finance', 'coding'])}`, summaryOnly: random.next() < 0.5 };
}

function drawForeign(random: Random): ForeignServer {
  const agents = distinct(Array.from({ length: 2 }, () => drawAgent(random, false)));
  return {
    url: 'http://foreign:4111',
    agents: agents.map((agent, at) => ({ ...agent, key: random.next() < 0.5 ? agent.id : `key${at}` })),
  };
}
