import { INFERRED } from '../../core/bgp/packet/community.ts';
import { familyOf, idOf } from '../../core/bgp/packet/nlri.ts';
import { Failure } from '../../base/failure/failure.ts';
import { mayHaveTarget, peersMayHaveTarget } from './may-have-target.ts';
import { nearestNames } from './nearest-names.ts';
import type { KnownServer, RoutingTable, Servers } from './ports.ts';
import type { Query, Unresolved } from './resolve.ts';

/** Policy denies the agent, by whichever name or URL it is called. */
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

/** The servers that may have the agent are unreachable. */
export class ServersUnavailable extends Failure {}

/** Returns the failure that says why a target has no route and what the caller can do. */
export function unresolvedFailure(why: Unresolved, query: Query, table: RoutingTable, servers: Servers): Failure {
  const { id } = query.target;
  switch (why.outcome) {
    case 'denied':
      return new DeniedByPolicy(id, why.place, why.name);
    case 'incapable':
      return new AgentNotFound(
        `'${id}' is known, but no copy of it ${demands(query)}. Require less, or find another agent with list-agents.`,
      );
    case 'damped': {
      const until = new Date(why.untilMs).toISOString();
      return new AgentNotFound(
        `'${id}' is unstable and suppressed until ${until}; nothing was sent. Find another agent with list-agents, or retry then.`,
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
    `No agent ${wanted(query, servers)} is known.${hint(target.id, nearest)}${unknownServers} Call list-agents to list callable agents.`,
    { nearest, servers: all.map(({ name }) => name) },
  );
}

function demands({ requiredCapabilities, constraints }: Query): string {
  const demanded = Object.entries(constraints).map(([name, value]) => `${name} ${value}`);
  return [
    ...(requiredCapabilities.length > 0
      ? [`has all of requiredCapabilities (${requiredCapabilities.join(', ')})`]
      : []),
    ...(demanded.length > 0 ? [`meets the constraints (${demanded.join(', ')}), as far as measured`] : []),
  ].join(' and ');
}

function unavailable(id: string, servers: readonly KnownServer[]): ServersUnavailable {
  const reasons = servers.map(({ name, url, error = '' }) => `${name} (${url}): ${error.replace(/\.$/, '')}`);
  // An error that is a whole sentence already names the remedy.
  const isAllSaid = servers.every(({ error }) => error?.endsWith('.') === true);
  const remedy = isAllSaid ? '' : ' Start the server or correct MASTRA_SERVERS, then try again.';
  return new ServersUnavailable('SERVER_UNAVAILABLE', `'${id}' cannot be called: ${reasons.join('; ')}.${remedy}`, {
    blames: 'server',
    details: { servers: servers.map(({ name }) => name) },
  });
}

/** Returns the peers without an established session, if one of them could advertise the agent. */
function silentPeers(query: Query, servers: Servers): readonly string[] {
  return query.nextHop !== undefined || !peersMayHaveTarget(query) ? [] : [...servers.peersAway()];
}

function hint(id: string, nearest: readonly string[]): string {
  if (nearest.includes(id)) return ' It exists elsewhere: omit the qualifier or serverUrl.';
  return nearest.length === 0 ? '' : ` Did you mean ${nearest.map((name) => `'${name}'`).join(', ')}?`;
}

/** Returns the target as the caller knows it. If its qualifier names an unknown server, this is the whole name. */
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

/**
 * Yields the names that a call may use: every agent, every path, and every word that an agent declares as a capability.
 */
function* callable(table: RoutingTable): Iterable<string> {
  for (const { nlri, best } of table.locRib()) {
    const id = idOf(nlri);
    if (best === undefined) continue;
    const isGuessed = familyOf(nlri) === 'capability' && best.attributes.communities.includes(INFERRED);
    if (!isGuessed || id.includes('/')) yield id;
  }
}
