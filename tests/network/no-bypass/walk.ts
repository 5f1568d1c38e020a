import { joined, type Crossed } from '../../../src/core/bgp/packet/crossed.ts';
import { familyOf, idOf } from '../../../src/core/bgp/packet/nlri.ts';
import type { Speaker } from '../../../src/core/bgp/state/state.ts';
import { Failure } from '../../../src/base/failure/failure.ts';
import type { CallTarget } from '../../../src/data-plane/forwarding/call.ts';
import {
  crossedBy,
  readTransitContext,
  type TransitContext,
} from '../../../src/data-plane/forwarding/transit-context.ts';
import { passable, routeHop, type Hop } from '../../../src/data-plane/forwarding/hop.ts';
import { PathFinder } from '../../../src/data-plane/forwarding/path-finder.ts';
import type { DirectAgent } from '../../../src/data-plane/forwarding/ports.ts';
import { transitRoutes } from '../../../src/data-plane/forwarding/transit-routes.ts';
import { routingTable } from '../../../src/data-plane/forwarding/routing-table.ts';
import { transitTable } from '../../../src/data-plane/forwarding/transit-table.ts';
import type { Speakers } from './converge.ts';
import type { Case, CaseRouter } from './random-case.ts';

/** One router on the way of a call: who asked it, for what, and to whom it passes the call on under which name. */
export interface Leg {
  readonly router: string;
  /** The peer or caller without a session that asked, or undefined for the router's own user. */
  readonly asker: string | undefined;
  readonly name: string;
  readonly hop: Hop;
  /** True if this is not the first of the router's choices. */
  readonly isSecondChoice: boolean;
}

/** A way on which a call comes to an agent. */
export type Way = readonly Leg[];

/** A call with all that its caller says. */
export interface Call {
  readonly at: string;
  /** The peer or caller without a session on whose behalf the call comes, or undefined for the router's own user. */
  readonly from: string | undefined;
  readonly target: CallTarget;
  /** True if the asker leaves itself out of the routers that the call has crossed. */
  readonly hides: boolean;
}

const { signal } = new AbortController();
const BEGUN = readTransitContext(() => undefined);

/** Follows calls through the real lookups of a case's routers, along every hop that they could ever try. */
export class Walker {
  readonly #routers = new Map<string, Station>();

  constructor(drawn: Case, speakers: Speakers) {
    for (const router of drawn.routers) {
      this.#routers.set(router.name, station(drawn, router, speakers));
    }
  }

  /** The ways of a call; the names that cannot be are no calls. */
  async ways({ at, from, target, hides }: Call): Promise<readonly Way[]> {
    const start = this.#routers.get(at)!;
    const crossed = from === undefined || hides ? [] : this.#crossedBefore(from);
    const context = { ...BEGUN, crossed, required: target.requiredCapabilities ?? [] };
    const hops =
      from === undefined ? await ownHops(start, target) : transitHops(start, target.targetAgentId, from, context);
    const leg = { router: at, asker: from, name: target.targetAgentId };
    const ways: Way[] = [];
    this.#follow(leg, hops, context, false, [], ways);
    if (hops.length > 1) this.#follow(leg, hops, context, true, [], ways);
    return ways;
  }

  /** True if a router carries a call that a peer makes. */
  carries(at: string, peer: string, name: string): boolean {
    return transitHops(this.#routers.get(at)!, name, peer, { ...BEGUN, crossed: this.#crossedBefore(peer) }).length > 0;
  }

  #crossedBefore(peer: string): readonly Crossed[] {
    const known = this.#routers.get(peer)?.speaker.settings;
    return known === undefined ? [] : [known];
  }

  /**
   * Collects the ways by some hops. Every hop may be the one that the router takes first, because calls are balanced and
   * hedged; with `isFailover`, each comes after those before it failed, and the call then avoids the routers that they led to.
   * Returns the routers that the call came to.
   */
  #follow(
    leg: Omit<Leg, 'hop' | 'isSecondChoice'>,
    hops: readonly Hop[],
    context: TransitContext,
    isFailover: boolean,
    before: Way,
    ways: Way[],
  ): readonly Crossed[] {
    let visited: readonly Crossed[] = [];
    for (const [index, hop] of hops.entries()) {
      if (isFailover && passable([hop], joined(context.crossed, visited)).length === 0) continue;
      const way = [...before, { ...leg, hop, isSecondChoice: index > 0 }];
      const next = hop.peer === undefined ? undefined : this.#routers.get(hop.peer)!;
      if (next === undefined) ways.push(way);
      else {
        const self = this.#routers.get(leg.router)!.speaker.settings;
        const onward = crossedBy(self, context, { attempts: 1, crossed: isFailover ? visited : [] }, hop.requires);
        const { transit, speaker } = next;
        if (onward.hopLimit < 1 || transit.hasCrossed(onward.crossed)) continue;
        const there = { router: hop.peer!, asker: leg.router, name: hop.agentId };
        const further = transitHops(next, hop.agentId, leg.router, onward);
        const reached = this.#follow(there, further, onward, isFailover, way, ways);
        visited = joined(visited, [speaker.settings, ...reached]);
      }
    }
    return visited;
  }
}

interface Station {
  readonly speaker: Speaker;
  readonly transit: ReturnType<typeof transitTable>;
  readonly paths: PathFinder;
}

function station(drawn: Case, router: CaseRouter, speakers: Speakers): Station {
  const speaker = speakers.get(router.name)!;
  const servers = router.stubs.map((stub) => ({ ...stub, error: undefined }));
  const table = routingTable(speaker);
  const told = Promise.resolve();
  const paths = new PathFinder({
    ownAsn: router.asn,
    isAs: () => true,
    table,
    balance: (routes) => routes,
    servers: {
      all: () => servers,
      named: (name) => servers.find((server) => server.name === name),
      firstAnswer: () => told,
      peersTold: told,
      peersAway: () => [],
    },
    directCalls: {
      permits: (url) => url === drawn.foreign.url || url === `http://${drawn.namedRouter ?? ''}`,
      learn: (url, name) => Promise.resolve(learned(drawn, speakers, url, name)),
    },
  });
  return { speaker, transit: transitTable(speaker), paths };
}

async function ownHops({ paths }: Station, target: CallTarget): Promise<readonly Hop[]> {
  try {
    return (await paths.find(target, () => undefined, signal)).hops;
  } catch (error) {
    if (error instanceof Failure) return [];
    throw error;
  }
}

function transitHops({ transit }: Station, name: string, from: string, context: TransitContext): readonly Hop[] {
  return transitRoutes(transit, name, from, context).map((route) =>
    routeHop(route, idOf(name), familyOf(name) === 'capability'),
  );
}

/** Which agent a server that is not configured means by a name; a router lists what it knows itself. */
function learned({ foreign }: Case, speakers: Speakers, url: string, name: string): DirectAgent | undefined {
  if (url === foreign.url) return foreign.agents.find(({ id, key }) => key === name || id === name);
  const best = speakers.get(url.slice('http://'.length))?.locRib.get(name)?.best;
  return best && { id: best.nlri, ...best.attributes };
}
