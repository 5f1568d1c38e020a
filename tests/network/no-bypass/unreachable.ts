import { idOf } from '../../../src/core/bgp/packet/nlri.ts';
import type { Route } from '../../../src/core/bgp/rib/route.ts';
import type { Oracle } from './oracle.ts';
import type { Walker } from './walk.ts';

/**
 * Returns what a router knows and its user cannot call, in words, in a network that denies nothing. Aggregates are left out,
 * because there need not be an agent that has just the capability of the aggregate.
 */
export async function unreachable(oracle: Oracle, walker: Walker, router: string): Promise<string | undefined> {
  for (const best of oracle.known(router)) {
    if (best.attributes.aggregate === true) continue;
    for (const targetAgentId of namesOf(oracle, router, best)) {
      const ways = await walker.ways({ at: router, from: undefined, target: { targetAgentId }, hides: false });
      if (ways.length === 0) return `${router} knows ${best.nlri} and cannot call ${targetAgentId}`;
    }
  }
  return undefined;
}

/** A capability's path, or an agent's id and the name by which its AS always leads to it; a path would mean a capability first. */
function namesOf(oracle: Oracle, router: string, { nlri, source, received }: Route): string[] {
  if (nlri.startsWith('~')) return [idOf(nlri)];
  const asn = source.kind === 'stub' ? source.asn : (received.asPath.at(-1) ?? oracle.router(router).asn);
  return [...(nlri.includes('/') ? [] : [nlri]), `as${String(asn)}:${nlri}`];
}
