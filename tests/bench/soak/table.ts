import type { LearnedRoute } from '../../../src/interfaces/operators/shown-route.ts';

/** What a router would do with each agent and capability, by name; a capability stands behind a tilde. */
export type Table = Readonly<Record<string, object>>;

/** A router's Loc-RIB without what depends on when something was measured or first seen: MED, performance, times. */
export async function tableOf(url: string): Promise<Table> {
  const response = await fetch(`${url}/bgp/routes?rib=loc`).catch(() => undefined);
  // Not listening yet is like knowing nothing.
  if (response === undefined) return {};
  const routes = (await response.json()) as LearnedRoute[];
  const entries = routes.map((route): [string, object] => {
    const { agentId, family, asPath, nextHop, localPref, communities, capabilities, source, description, stale } =
      route;
    const lasting = communities.filter((community) => !community.startsWith('performance:')).sort();
    const attributes = { asPath, nextHop, localPref, communities: lasting, capabilities: [...capabilities].sort() };
    return [family === 'agent' ? agentId : `~${agentId}`, { ...attributes, source, description, stale }];
  });
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
