import { Failure } from '../failure.ts';
import { routeMetrics, type Hop } from './hop.ts';
import type { DirectCalls, RoutingTable } from './ports.ts';
import { denial, type Query } from './resolve.ts';
import { AgentNotFound, DeniedByPolicy } from './unresolved-failure.ts';

/** `serverUrl` is no URL that a call could go to. */
export class InvalidServerUrl extends Failure {
  constructor(serverUrl: string) {
    super('INVALID_REQUEST', `serverUrl must be an http or https URL, not ${JSON.stringify(serverUrl.slice(0, 200))}.`);
  }
}

/** `serverUrl` leads to a place that the operator has not allowed. */
class ServerUrlRefused extends Failure {
  constructor(serverUrl: string) {
    super(
      'DENIED_BY_POLICY',
      `serverUrl ${serverUrl} is refused: it is neither a configured server nor the next hop of a route to this agent. Nothing was sent. ` +
        'Leave serverUrl out and call the agent by its id, or ask the operator to add the URL to MASTRA_SERVERS or to allowServerUrls.',
      { details: { place: 'allowServerUrls' } },
    );
  }
}

/** The way to an agent at a URL of the caller's own, of which no route tells: only where it is allowed, and policy binds it too. */
export function directHop(
  nextHop: string,
  { target, requiredCapabilities, constraints }: Query,
  table: RoutingTable,
  directCalls: DirectCalls,
): Hop {
  const { id } = target;
  if (!directCalls.permits(nextHop)) throw new ServerUrlRefused(nextHop);
  const known = table.destination(id);
  const denied = known === undefined || known.best !== undefined ? undefined : denial(known.routes);
  if (denied !== undefined) throw new DeniedByPolicy(id, denied.place, denied.name);
  const verdict = table.judge(id, nextHop);
  if (!verdict.accepted) throw new DeniedByPolicy(id, verdict.place, verdict.name);
  if (requiredCapabilities.length > 0 || Object.keys(constraints).length > 0) {
    throw new AgentNotFound(
      'AGENT_NOT_FOUND',
      `Nothing is known of '${id}' at ${nextHop}. Leave requiredCapabilities and constraints out, or call the agent by an id from list-agents.`,
    );
  }
  return {
    nextHop,
    peer: undefined,
    route: undefined,
    agentId: id,
    qualifiedId: id,
    metrics: routeMetrics(verdict.attributes),
  };
}
