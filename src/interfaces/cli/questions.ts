import type { Question } from './ask-router.ts';
import { table } from './table.ts';

interface Route {
  readonly agentId: string;
  readonly family: string;
  readonly asPath: readonly number[];
  readonly nextHop: string;
  readonly localPref: number;
  readonly med: number;
  readonly source: string;
}

interface Peer {
  readonly name: string;
  readonly asn: number;
  readonly status: string;
  readonly address?: string;
  readonly routesReceived: number;
  readonly routesSent: number;
  readonly lastUpdate?: string;
  readonly error?: string;
}

interface Status {
  readonly warnings: readonly string[];
  readonly servers: { readonly configured: number; readonly online: number };
  readonly peers: { readonly configured: number; readonly established: number };
  readonly [fact: string]: unknown;
}

interface Ineligible {
  readonly type: string;
  readonly untilMs?: number;
}

interface Explanation {
  readonly agent: string;
  readonly best?: Route;
  readonly others: readonly (Route & { readonly reason: string; readonly ineligible?: Ineligible })[];
  readonly nextHops: readonly string[];
}

interface Trace {
  readonly hops: readonly { readonly asn: number; readonly routerId: string; readonly ms?: number }[];
}

export const routesQuestion: Question = {
  path: '/bgp/routes?limit=1000',
  keep: (routes: readonly Route[]) => routes.map((route) => [...described(route), route.nextHop]),
  show: (rows: readonly (string | number)[][]) =>
    table(['AGENT', 'FAMILY', 'AS PATH', 'PREF', 'MED', 'FROM', 'NEXT HOP'], rows),
};

export const peersQuestion: Question = {
  path: '/bgp/peers',
  show: (peers: readonly Peer[]) => [
    ...table(
      ['PEER', 'AS', 'STATE', 'RECEIVED', 'SENT', 'LAST HEARD', 'ADDRESS'],
      peers.map(({ name, asn, status, routesReceived, routesSent, lastUpdate = '-', address = '-' }) => {
        return [name, asn, status, routesReceived, routesSent, lastUpdate, address];
      }),
    ),
    ...peers.flatMap(({ name, error }) => (error === undefined ? [] : [`${name}: ${error}`])),
  ],
};

export const statusQuestion: Question = {
  path: '/bgp/status',
  show: ({ warnings, servers, peers, ...facts }: Status) => [
    ...Object.entries(facts).map(([name, value]) => `${name}: ${String(value)}`),
    `servers: ${servers.online} of ${servers.configured} online`,
    `peers: ${peers.established} of ${peers.configured} established`,
    ...warnings.map((warning) => `warning: ${warning}`),
  ],
};

export function explainQuestion(agent: string): Question {
  return {
    path: `/bgp/explain?agent=${encodeURIComponent(agent)}`,
    show: ({ best, others, nextHops }: Explanation) => [
      ...table(
        ['AGENT', 'FAMILY', 'AS PATH', 'PREF', 'MED', 'FROM', 'WHY'],
        [
          ...(best === undefined ? [] : [[...described(best), 'best']]),
          ...others.map((route) => [...described(route), whyNot(route)]),
        ],
      ),
      `calls go to: ${nextHops.join(', then ') || 'nowhere'}`,
    ],
  };
}

export function traceQuestion(agent: string): Question {
  return {
    path: `/bgp/trace?agent=${encodeURIComponent(agent)}`,
    show: ({ hops }: Trace) =>
      table(
        ['HOP', 'AS', 'ROUTER', 'DELAY'],
        hops.map(({ asn, routerId, ms }, index) => [index, asn, routerId, ms === undefined ? '-' : `${ms} ms`]),
      ),
  };
}

function whyNot({ ineligible, reason }: Explanation['others'][number]): string {
  if (ineligible === undefined) return `lost by ${reason}`;
  const { type, untilMs } = ineligible;
  return untilMs === undefined ? type : `${type} until ${new Date(untilMs).toISOString()}`;
}

function described({ agentId, family, asPath, localPref, med, source }: Route): (string | number)[] {
  return [agentId, family, asPath.join(' ') || '-', localPref, med, source];
}
