import type { PathAttributes } from '../../../src/core/bgp/packet/attributes.ts';
import { capabilityFault } from './capability-fault.ts';
import { directFault } from './direct-fault.ts';
import type { Judged } from './judge.ts';
import { judged, judgedAt, type From, type Oracle } from './oracle.ts';
import type { CaseAgent } from './random-case.ts';
import { reachedBy, type Reached } from './reached.ts';
import { IDS } from './vocabulary.ts';
import type { Leg, Way } from './walk.ts';

/**
 * Returns what forbids a call to come to an agent by a way, in words; undefined if nothing does. Each router on the way judges
 * the agent as the next one told of it, both as its own user's call and as the call of whoever asked it.
 */
export function bypass(oracle: Oracle, way: Way): string | undefined {
  const reached = reachedBy(oracle, way);
  for (const [index, leg] of way.entries()) {
    const fault = faultOf(oracle, leg, way.slice(index), reached);
    if (fault !== undefined) return `${leg.router}: ${fault}`;
  }
  return undefined;
}

function faultOf(oracle: Oracle, leg: Leg, rest: Way, reached: Reached | undefined): string | undefined {
  const { router, hop } = leg;
  if (hop.route === undefined) return directFault(oracle, leg, reached);
  const { agent, at } = reached!;
  if (hop.peer === undefined) {
    const stub = oracle.router(router).stubs.find(({ name }) => name === at!.stub)!;
    return agentFault(oracle, leg, { stub }, judgedAt(stub, agent));
  }
  if (oracle.isMalformed(router, hop.agentId)) return `${hop.agentId} of ${hop.peer} is malformed here`;
  const from = { peer: hop.peer };
  const fault = toldFault(oracle, leg, from, rest, reached!);
  return fault ?? capabilityFault(oracle, leg, from, agent);
}

/**
 * Judges an agent as a peer told of it. Where a call goes on by capability, the peer may choose a copy of the agent of which
 * it has told nothing, or another organisation's agent with the same id: these are judged as agents that nobody described.
 */
function toldFault(oracle: Oracle, leg: Leg, from: FromPeer, rest: Way, reached: Reached): string | undefined {
  const { router, hop } = leg;
  const { agent } = reached;
  const told = oracle.told(router, from.peer, agent.id);
  const isById = hop.agentId === agent.id;
  const fault = told === undefined ? undefined : agentFault(oracle, leg, from, judged(agent.id, told));
  if (told !== undefined && (isById || isRouteTo(oracle, told, router, reached))) return fault;
  if (told !== undefined && fault === undefined && isOfSameAs(oracle, told, router, reached)) return undefined;
  return unseenFault(oracle, leg, from, agent, pathOf(oracle, rest));
}

/** True if a peer told of this copy of an agent, and not of another one with the same id. */
function isRouteTo(oracle: Oracle, told: PathAttributes, router: string, reached: Reached): boolean {
  const { capabilities } = reached.agent;
  return (
    isOfSameAs(oracle, told, router, reached) &&
    capabilities.length === told.capabilities.length &&
    capabilities.every((path) => told.capabilities.includes(path))
  );
}

function isOfSameAs(oracle: Oracle, { asPath }: PathAttributes, router: string, { at }: Reached): boolean {
  return (asPath.at(-1) ?? oracle.router(router).asn) === oracle.router(at!.router).asn;
}

function agentFault(oracle: Oracle, { router, asker }: Leg, from: From, route: Judged): string | undefined {
  const verdict = oracle.imports(router, from, route);
  if ('rejectedBy' in verdict) return `${route.nlri} is rejected by ${verdict.rejectedBy}`;
  const fault = asker === undefined ? undefined : oracle.exportFault(router, asker, from, verdict.route);
  return fault && `${route.nlri} is not for ${asker}: ${fault}`;
}

type FromPeer = From & { readonly peer: string };

/** The communities that an agent could have of which nothing was told. */
const COMMUNITIES = [[], ['secret'], ['public'], ['secret', 'public', 'internal']];

/** The peer has not told of the agent. Then the limits must allow it, and policy whichever agent could be in its place. */
function unseenFault(
  oracle: Oracle,
  { router, asker }: Leg,
  from: FromPeer,
  { id, capabilities }: CaseAgent,
  asPath: readonly number[],
): string | undefined {
  const limit = oracle.limitOn(router, from.peer, { nlri: id, asPath });
  if (limit !== undefined) return `${id} is beyond ${limit}`;
  for (const nlri of new Set<string>([id, ...IDS])) {
    for (const communities of COMMUNITIES) {
      const verdict = oracle.policyImports(router, from, { nlri, asPath, capabilities, communities });
      const told =
        'rejectedBy' in verdict || asker === undefined ? verdict : oracle.exports(router, asker, verdict.route);
      if ('rejectedBy' in told) return `${told.rejectedBy} rejects agents like ${nlri}, and none was told`;
    }
  }
  return undefined;
}

/** The ASes between a router and the agent, as the agent's route would name them. */
function pathOf(oracle: Oracle, rest: Way): number[] {
  const asns = rest.map(({ router }) => oracle.router(router).asn);
  return asns.filter((asn, at) => at > 0 && asn !== asns[at - 1]);
}
