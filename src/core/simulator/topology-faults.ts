import { linkKey, type LinkSpec, type RouterSpec, type Topology } from './topology.ts';

/** Something about a topology that only shows when its parts are seen together. */
export interface TopologyFault {
  readonly path: (string | number)[];
  readonly message: string;
}

/** Returns every fault of a topology whose parts are right one by one. */
export function topologyFaults({ routers, links }: Topology): TopologyFault[] {
  return [...routerFaults(routers), ...linkFaults(routers, links)];
}

function* routerFaults(routers: readonly RouterSpec[]): Generator<TopologyFault> {
  const names = new Set<string>();
  const ids = new Set<string>();
  for (const [index, { name, asn, routerId }] of routers.entries()) {
    if (names.has(name)) yield { path: ['routers', index, 'name'], message: `there is another router named ${name}` };
    names.add(name);
    const id = `${asn} ${routerId}`;
    const message = `another router of AS ${asn} has the router id ${routerId}`;
    if (ids.has(id)) yield { path: ['routers', index], message };
    ids.add(id);
  }
}

function* linkFaults(routers: readonly RouterSpec[], links: readonly LinkSpec[]): Generator<TopologyFault> {
  const asns = new Map(routers.map((router) => [router.name, router.asn]));
  const pairs = new Set<string>();
  for (const [index, link] of links.entries()) {
    const [a, b] = link.between;
    const path = ['links', index];
    for (const name of link.between) if (!asns.has(name)) yield { path, message: `there is no router named ${name}` };
    if (a === b) yield { path, message: `${a} cannot be linked to itself` };
    if (pairs.has(linkKey(a, b))) yield { path, message: `${a} and ${b} are linked already` };
    pairs.add(linkKey(a, b));
    yield* endFaults(link, [...path, 'ends'], asns);
  }
}

function* endFaults(
  { between: [a, b], ends }: LinkSpec,
  path: (string | number)[],
  asns: ReadonlyMap<string, number>,
): Generator<TopologyFault> {
  for (const [name, end] of Object.entries(ends)) {
    if (name !== a && name !== b) yield { path: [...path, name], message: `${name} is not an end of this link` };
    if (end?.client === true && asns.get(a) !== asns.get(b)) {
      yield { path: [...path, name, 'client'], message: 'a client of a reflector is inside its AS (RFC 4456 §6)' };
    }
  }
  if (ends[a]?.passive === true && ends[b]?.passive === true) {
    yield { path, message: 'both ends are passive, so that nobody dials' };
  }
}
