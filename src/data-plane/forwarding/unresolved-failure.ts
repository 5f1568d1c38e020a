import { INFERRED } from '../../core/bgp/packet/community.ts';
import { familyOf, idOf } from '../../core/bgp/packet/nlri.ts';
import { Failure } from '../../base/failure/failure.ts';
import { mayHaveTarget, peersMayHaveTarget } from './may-have-target.ts';
import { nearestNames } from './nearest-names.ts';
import type { KnownServer, RoutingTable, Servers } from './ports.ts';
import type { Query, Unresolved } from './resolve.ts';

/** Policy forbids the agent, by whichever name or URL it is called. */
export class DeniedByPolicy extends Failure {
  constructor(agent: string, place: string, name: string | undefined) {
    const rule = name === undefined ? place : `${place} (${name})`;
    super(
      'DENIED_BY_POLICY',
      `The routing policy denies calls to '${agent}': ${rule}. Nothing was sent. Choose another agent, or ask the operator to change the policy.`,
      { blames: 'nobody', details: { place } },
    );
  }
}

/** No usable route leads to an agent of that name. */
export class AgentNotFound extends Failure {
  constructor(message: string, details: Failure['details'] = {}) {
    super('AGENT_NOT_FOUND', message, { blames: 'nobody', details });
  }
}

/** The servers that could know the agent cannot be asked. */
export class ServersUnavailable extends Failure {}

/** Says why a target has no route, and what to do about it. */
export function unresolvedFailure(why: Unresolved, query: Query, table: RoutingTable, servers: Servers): Failure {
  const { id } = query.target;
  switch (why.outcome) {
    case 'denied':
      return new DeniedByPolicy(id, why.place, why.name);
    case 'incapable':
      return new AgentNotFound(
        `'${id}' is known, but no copy of it ${demands(query)}. Ask for less, or find another agent with list-agents.`,
      );
    case 'damped': {
      const until = new Date(why.untilMs).toISOString();
      return new AgentNotFound(
        `'${id}' has come and gone too often and is not used before ${until}; nothing was sent. Find another agent with list-agents, or call again then.`,
        { until },
      );
    }
    case 'unknown':
      return unknown(query, table, servers);
  }
}

function unknown(query: Query, table: RoutingTable, servers: Servers): Failure {
  const { target } = query;
  const all = [...servers.all()];
  const asked = all.filter((server) => mayHaveTarget(server, query));
  const silent = asked.filter(({ error }) => error !== undefined);
  if (silent.length > 0 && silent.length === asked.length) return unavailable(target.id, silent);
  const nearest = nearestNames(target.id, callable(table));
  const missing = [...silent.map(({ name }) => name), ...silentPeers(query, servers)];
  const unknownServers =
    missing.length === 0 ? '' : ` Not answering, so its agents are unknown: ${missing.join(', ')}.`;
  return new AgentNotFound(
    `No agent ${wanted(query, servers)} is known.${hint(target.id, nearest)}${unknownServers} Call list-agents to see what can be called.`,
    { nearest, servers: all.map(({ name }) => name) },
  );
}

function demands({ requiredCapabilities, constraints }: Query): string {
  const demanded = Object.entries(constraints).map(([name, value]) => `${name} ${value}`);
  return [
    ...(requiredCapabilities.length > 0
      ? [`has all of requiredCapabilities (${requiredCapabilities.join(', ')})`]
      : []),
    ...(demanded.length > 0 ? [`meets the constraints (${demanded.join(', ')}), as far as was measured`] : []),
  ].join(' and ');
}

function unavailable(id: string, servers: readonly KnownServer[]): ServersUnavailable {
  const reasons = servers.map(({ name, url, error = '' }) => `${name} (${url}): ${error.replace(/\.$/, '')}`);
  // An error that is a whole sentence says itself what to do.
  const isAllSaid = servers.every(({ error }) => error?.endsWith('.') === true);
  const remedy = isAllSaid ? '' : ' Start the server or correct MASTRA_SERVERS, then try again.';
  return new ServersUnavailable('SERVER_UNAVAILABLE', `'${id}' cannot be called: ${reasons.join('; ')}.${remedy}`, {
    blames: 'server',
    details: { servers: servers.map(({ name }) => name) },
  });
}

/** The peers that there is no session with, where one of them could tell of the agent. */
function silentPeers(query: Query, servers: Servers): readonly string[] {
  return query.nextHop !== undefined || !peersMayHaveTarget(query) ? [] : [...servers.peersAway()];
}

function hint(id: string, nearest: readonly string[]): string {
  if (nearest.includes(id)) return ' There is one elsewhere: leave out where it is to be.';
  return nearest.length === 0 ? '' : ` Did you mean ${nearest.map((name) => `'${name}'`).join(', ')}?`;
}

/** The target as a caller knows it: where it names no server there is, the whole name stands for it. */
function wanted(query: Query, servers: Servers): string {
  const { id, qualifier, literal } = query.target;
  const isNamed = qualifier?.kind === 'server' && servers.named(qualifier.name) === undefined;
  return isNamed && literal !== undefined
    ? `'${literal}', and no server '${qualifier.name}',`
    : `'${id}'${where(query)}`;
}

function where({ target: { qualifier }, nextHop }: Query): string {
  if (nextHop !== undefined) return ` at ${nextHop}`;
  if (qualifier === undefined) return '';
  return qualifier.kind === 'server' ? ` on ${qualifier.name}` : ` in AS ${qualifier.asn}`;
}

/** Yields what a call may name: every agent, every path, and every word that somebody declares as a capability. */
function* callable(table: RoutingTable): Iterable<string> {
  for (const { nlri, best } of table.locRib()) {
    const id = idOf(nlri);
    if (best === undefined) continue;
    const isGuessed = familyOf(nlri) === 'capability' && best.attributes.communities.includes(INFERRED);
    if (!isGuessed || id.includes('/')) yield id;
  }
}
