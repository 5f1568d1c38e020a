import type { Originated, Report } from '../../../../../src/core/simulator/report.ts';
import type { Network, Relation } from './random-network.ts';

/**
 * What the tables of a network must hold once it is at rest, found without any protocol: all routers choose at once, again
 * and again, among what their neighbours chose the time before, until nothing changes. It shares no code with the core.
 */

/** A route as a router sees it. */
export interface OracleRoute {
  readonly via: string | undefined;
  readonly asPath: readonly number[];
  readonly localPref: number;
  readonly med: number;
  readonly originTime: number;
  readonly origination: string | undefined;
  readonly learned: 'own' | 'external' | 'internal';
  /** From whom the AS as a whole has it. */
  readonly relation: Relation | 'own';
  /** What decides between equals: who brought the route into the AS, or sent it. */
  readonly originator: string;
  readonly clusters: readonly string[];
}

export type Tables = Map<string, Map<string, OracleRoute>>;

/** The tables in which every router has its best of what its neighbours have. */
export function fixpoint(network: Network, report: Report): Tables {
  let tables: Tables = new Map(network.routers.map(({ name }) => [name, nothing()]));
  for (let round = 0; round < 10 * network.routers.length + 20; round++) {
    const next = chooseAll(network, report, tables);
    if (sameTables(tables, next)) return next;
    tables = next;
  }
  throw new Error('the network has no fixpoint that simultaneous choice finds');
}

/** What every router would choose now, given the tables of its neighbours. */
export function chooseAll(network: Network, report: Report, tables: Tables): Tables {
  return new Map(network.routers.map(({ name }) => [name, network.down.has(name) ? nothing() : choose(name)]));

  function choose(me: string): Map<string, OracleRoute> {
    const table = new Map<string, OracleRoute>();
    const consider = (nlri: string, route: OracleRoute): void => {
      const known = table.get(nlri);
      if (known === undefined || isBetter(route, known)) table.set(nlri, route);
    };
    for (const [nlri, route] of ownRoutes(me)) consider(nlri, route);
    for (const peer of network.peersOf(me)) {
      for (const [nlri, route] of tables.get(peer) ?? []) {
        const told = tell(network, report, tables, peer, me, nlri, route);
        if (told !== undefined) consider(nlri, told);
      }
    }
    return table;
  }

  function ownRoutes(me: string): [string, OracleRoute][] {
    const mine = report.originations.filter(({ router }) => router === me);
    const capabilities = [...new Set(mine.flatMap((agent) => agent.capabilities))];
    return [
      ...mine.map((agent): [string, OracleRoute] => [agent.agent, ownRoute(me, agent, agent.origination)]),
      ...capabilities.map((path): [string, OracleRoute] => {
        const able = mine.filter((agent) => agent.capabilities.includes(path));
        return [`~${path}`, ownRoute(me, able.reduce(healthier), undefined)];
      }),
    ];
  }

  function ownRoute(
    me: string,
    { localPref, med, originTime }: Originated,
    origination: string | undefined,
  ): OracleRoute {
    const originator = network.router(me).routerId;
    const same = { via: undefined, asPath: [], clusters: [], learned: 'own', relation: 'own' } as const;
    return { ...same, localPref, med, originTime, origination, originator };
  }
}

/** True if a call of a capability finds an agent that policy accepts behind the route of one of a router's neighbours. */
export function canCall(network: Network, report: Report, tables: Tables, me: string, nlri: string): boolean {
  const chosen = tables.get(me)?.get(nlri);
  if (chosen === undefined) return false;
  if (!nlri.startsWith('~') || chosen.learned === 'own') return true;
  return network.peersOf(me).some((peer) => {
    const route = tables.get(peer)?.get(nlri);
    const told = route && tell(network, report, tables, peer, me, nlri, route);
    return told !== undefined && composed(network, report, tables, me, undefined, nlri, told) !== undefined;
  });
}

/** What one router makes of what another one chose, or undefined when it does not get it or may not use it. */
function tell(
  network: Network,
  report: Report,
  tables: Tables,
  from: string,
  to: string,
  nlri: string,
  chosen: OracleRoute,
): OracleRoute | undefined {
  const route = composed(network, report, tables, from, to, nlri, chosen);
  if (route === undefined || network.refuses(to, network.router(from).asn, nlri)) return undefined;
  return offer(network, from, to, route);
}

/** The same before the receiver's policy has its say. */
function offer(network: Network, from: string, to: string, route: OracleRoute): OracleRoute | undefined {
  if (route.via === to) return undefined;
  const sender = network.router(from);
  const receiver = network.router(to);
  if (sender.asn !== receiver.asn) {
    const asPath = [sender.asn, ...route.asPath];
    if (asPath.includes(receiver.asn)) return undefined;
    if (!network.mayExport(sender.asn, receiver.asn, route.relation)) return undefined;
    const relation = network.relation(receiver.asn, sender.asn);
    const localPref = network.localPref(to, sender.asn);
    const arrived = { via: from, asPath, localPref, relation, learned: 'external', clusters: [] } as const;
    return { ...route, ...arrived, originator: sender.routerId };
  }
  if (route.learned !== 'internal') return { ...route, via: from, learned: 'internal', originator: sender.routerId };
  const reflects = network.isClient(from, route.via) || network.isClient(from, to);
  const clusters = [sender.routerId, ...route.clusters];
  if (!reflects || route.originator === receiver.routerId || clusters.includes(receiver.routerId)) return undefined;
  return { ...route, via: from, clusters };
}

/**
 * A capability as a router may use it, or tell `to` of it: made of the agents behind it that its neighbour has told of and that
 * policy accepts, and that `to` may be told of. Where the neighbour has told of none, policy must be unable to refuse any.
 */
function composed(
  network: Network,
  report: Report,
  tables: Tables,
  me: string,
  to: string | undefined,
  nlri: string,
  route: OracleRoute,
): OracleRoute | undefined {
  const { via } = route;
  if (!nlri.startsWith('~') || via === undefined) return route;
  const fromAsn = network.router(via).asn;
  const originOf = (one: OracleRoute): number => originAsn(network, me, one);
  const able = [...(tables.get(via) ?? [])]
    .filter(([agent, { origination }]) => isAble(report, agent, origination, nlri))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([agent, chosen]) => {
      const offered = offer(network, via, me, chosen);
      return offered === undefined ? [] : [{ agent, offered, relation: chosen.relation }];
    });
  const agents = able.filter(({ offered }) => originOf(offered) === originOf(route));
  const mayKnow = ({ offered }: (typeof able)[number]): boolean =>
    to === undefined || offer(network, me, to, offered) !== undefined;
  if (agents.length === 0) return network.canRefuse(me, fromAsn, to) || !able.every(mayKnow) ? undefined : route;
  const accepted = agents.filter((one) => !network.refuses(me, fromAsn, one.agent) && mayKnow(one));
  const told = { offered: route, relation: relationAt(tables, via, nlri) };
  const isToldSo = !network.canRefuse(me, fromAsn, to) || accepted.some((one) => sameAttributes(one, told));
  if (accepted.length === agents.length && isToldSo) return route;
  const best = bestOf(accepted.map(({ offered }) => offered));
  return best && { ...best, origination: route.origination };
}

function relationAt(tables: Tables, router: string, nlri: string): OracleRoute['relation'] | undefined {
  return tables.get(router)?.get(nlri)?.relation;
}

function originAsn(network: Network, me: string, { asPath }: OracleRoute): number {
  return asPath.at(-1) ?? network.router(me).asn;
}

function bestOf(routes: readonly OracleRoute[]): OracleRoute | undefined {
  let best: OracleRoute | undefined;
  for (const route of routes) if (best === undefined || isBetter(route, best)) best = route;
  return best;
}

/** What a neighbour has told, and what its AS is to the one that it has it from, which stands in a community. */
interface Told {
  readonly offered: OracleRoute;
  readonly relation: OracleRoute['relation'] | undefined;
}

function sameAttributes(a: Told, b: Told): boolean {
  const attributes = ({
    offered: { asPath, localPref, med, originTime, clusters, originator },
    relation,
  }: Told): string => JSON.stringify([asPath, localPref, med, originTime, clusters, originator, relation]);
  return attributes(a) === attributes(b);
}

function isAble(report: Report, agent: string, origination: string | undefined, nlri: string): boolean {
  const found = report.originations.find((one) => one.agent === agent && one.origination === origination);
  return found?.capabilities.includes(nlri.slice(1)) === true;
}

function nothing(): Map<string, OracleRoute> {
  return new Map();
}

function healthier(a: Originated, b: Originated): Originated {
  const rank = (x: Originated): number[] => [-x.localPref, x.med, x.originTime];
  const order = compareAll(rank(a), rank(b)) || (a.agent < b.agent ? -1 : 1);
  return order < 0 ? a : b;
}

function isBetter(a: OracleRoute, b: OracleRoute): boolean {
  const rank = (x: OracleRoute): number[] => [
    -x.localPref,
    x.learned === 'own' ? 0 : 1,
    x.asPath.length,
    x.med,
    x.learned === 'internal' ? 1 : 0,
    x.originTime,
    ...x.originator.split('.').map(Number),
    x.clusters.length,
  ];
  return (compareAll(rank(a), rank(b)) || ((a.via ?? '') < (b.via ?? '') ? -1 : 1)) < 0;
}

function compareAll(a: readonly number[], b: readonly number[]): number {
  for (const [i, x] of a.entries()) if (x !== b[i]) return x - b[i]!;
  return 0;
}

function sameTables(a: Tables, b: Tables): boolean {
  return JSON.stringify(flatten(a)) === JSON.stringify(flatten(b));
}

/** The tables in a form and order in which they can be compared. */
export function flatten(tables: Tables): string[] {
  return [...tables]
    .flatMap(([router, table]) => [...table].map(([nlri, route]) => `${router} ${nlri} ${visible(route)}`))
    .sort();
}

/** The tables of a report in the same form. */
export function flattenReport(report: Report): string[] {
  return Object.entries(report.tables)
    .flatMap(([router, rows]) =>
      rows.map(
        (row) => `${router} ${row.nlri} ${visible({ ...row, asPath: row.via === undefined ? [] : row.asPath.flat() })}`,
      ),
    )
    .sort();
}

type Visible = Pick<OracleRoute, 'via' | 'asPath' | 'localPref' | 'med' | 'originTime' | 'origination'>;

function visible({ via, asPath, localPref, med, originTime, origination }: Visible): string {
  return `via ${via ?? 'own'} path [${asPath.join(' ')}] pref ${localPref} med ${med} since ${originTime} of ${origination ?? '-'}`;
}
