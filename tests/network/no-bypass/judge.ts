import type { Asn } from '../../../src/core/bgp/packet/asn.ts';
import type { AsPath } from '../../../src/core/bgp/packet/as-path.ts';
import type { Chain, Match, Statement } from '../../../src/core/bgp/policy/policy.ts';

/**
 * The language of policies once more, from its description alone: what it says of an agent or a capability. It shares no
 * code with the core, so that a fault of the core cannot hide in it.
 */

/** What a policy looks at. */
export interface Judged {
  /** The id of an agent or, with the mark `~`, a capability path. */
  readonly nlri: string;
  readonly asPath: AsPath;
  readonly communities: readonly string[];
  readonly capabilities: readonly string[];
}

/** The neighbour that a route comes from or goes to, and the AS that a prepending statement repeats. */
export interface Neighbor {
  readonly asn: Asn;
  readonly name: string;
  readonly prepends: Asn;
}

/** The route as a chain leaves it, or the place that rejects it. */
export type Judgement = { readonly route: Judged } | { readonly rejectedBy: string };

export function judge(chain: Chain, given: Judged, neighbor: Neighbor): Judgement {
  let route = given;
  for (const [index, statement] of chain.statements.entries()) {
    if (!matches(statement, route, neighbor)) continue;
    if (statement.action === 'reject') return { rejectedBy: `${chain.direction}[${index}]` };
    route = changed(route, statement, neighbor);
    if (!statement.continue) return { route };
  }
  return chain.otherwise === 'reject' ? { rejectedBy: `${chain.direction}.default` } : { route };
}

/** True if having `path` means having `wanted`: it is the same or lies below. */
export function isBelow(path: string, wanted: string): boolean {
  return `${path}/`.startsWith(`${wanted}/`);
}

/** True if a glob means a text. */
export function globMeans(glob: string, text: string): boolean {
  const pattern = glob
    .replace(/[.+^${}()|[\]\\/]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${pattern}$`, 'su').test(text);
}

function matches({ match, action }: Statement, route: Judged, neighbor: Neighbor): boolean {
  const isCapability = route.nlri.startsWith('~');
  const id = isCapability ? route.nlri.slice(1) : route.nlri;
  const held = isCapability ? [id, ...route.capabilities] : route.capabilities;
  const tests = [
    !match.families || match.families.includes(isCapability ? 'capability' : 'agent'),
    !match.peers || match.peers.some((peer) => peer === neighbor.asn || peer === neighbor.name),
    !match.communities || match.communities.some((one) => route.communities.includes(one)),
    !match.capabilities || match.capabilities.every((wanted) => held.some((path) => isBelow(path, wanted))),
    !match.agentPrefixes || match.agentPrefixes.some((glob) => globMeans(glob, id)),
    !match.asPathAll || match.asPathAll.every((asn) => route.asPath.flat().includes(asn)),
    meetsOrigin(match, action, route.asPath),
    match.performance === undefined,
  ];
  return tests.every(Boolean);
}

function meetsOrigin({ originFrom, originNotFrom }: Match, action: Statement['action'], asPath: AsPath): boolean {
  if (originFrom === undefined && originNotFrom === undefined) return true;
  const origins = asPath.slice(-1).flat();
  if (origins.length === 0) return originFrom === undefined;
  const meets = (asn: Asn): boolean => originFrom?.includes(asn) !== false && originNotFrom?.includes(asn) !== true;
  return action === 'reject' ? origins.some(meets) : origins.every(meets);
}

function changed(route: Judged, { set }: Statement, { prepends }: Neighbor): Judged {
  const { addCommunities = [], removeCommunities = [], prependCount = 0 } = set;
  const kept = route.communities.filter((one) => !removeCommunities.includes(one));
  const asPath = [...Array.from({ length: prependCount }, () => prepends), ...route.asPath];
  return { ...route, asPath, communities: [...kept, ...addCommunities] };
}
