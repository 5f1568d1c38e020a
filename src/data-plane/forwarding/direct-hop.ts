import { coversCapability } from '../../core/bgp/policy/match.ts';
import { Failure } from '../../base/failure/failure.ts';
import { routeMetrics, type Hop } from './hop.ts';
import type { DirectCalls, RoutingTable } from './ports.ts';
import type { Query } from './resolve.ts';
import { AgentNotFound, DeniedByPolicy } from './unresolved-failure.ts';

/** `serverUrl` is no URL that a call could go to. */
export class InvalidServerUrl extends Failure {
  constructor(serverUrl: string) {
    super(
      'INVALID_REQUEST',
      `serverUrl must be an http or https URL, not ${JSON.stringify(serverUrl.slice(0, 200))}.`,
      {
        blames: 'caller',
      },
    );
  }
}

/** `serverUrl` leads to a place that the operator has not allowed. */
class ServerUrlRefused extends Failure {
  constructor(serverUrl: string) {
    super(
      'DENIED_BY_POLICY',
      `serverUrl ${serverUrl} is refused: it is neither a configured server nor the next hop of a route to this agent. Nothing was sent. ` +
        'Leave serverUrl out and call the agent by its id, or ask the operator to add the URL to MASTRA_SERVERS or to allowServerUrls.',
      { blames: 'caller', details: { place: 'allowServerUrls' } },
    );
  }
}

/** The server at a URL of the caller's own lists no agent of that name. */
class NotListed extends AgentNotFound {
  constructor(id: string, nextHop: string) {
    super(
      `The server at ${nextHop} lists no agent '${id}', so that policy cannot judge it. Nothing was sent. Call it by an id from ${nextHop}/api/agents.`,
    );
  }
}

/** Nothing was measured of an agent that no route leads to. */
class NotMeasured extends AgentNotFound {
  constructor(id: string, nextHop: string) {
    super(
      `'${id}' at ${nextHop} is not known to meet requiredCapabilities and constraints. Leave them out, or call an agent from list-agents.`,
    );
  }
}

interface DirectOptions {
  readonly table: RoutingTable;
  readonly directCalls: DirectCalls;
  readonly signal: AbortSignal;
}

/**
 * Returns the way to an agent at a URL of the caller's own, of which no route tells. It is open only where the operator allows
 * the URL, and never to a peer, because calls of a peer's agents take the routes that policy has judged. The server is asked
 * first which agent it means, because servers answer to other names than an agent's id; policy judges that agent, and the call
 * goes to its id.
 */
export async function directHop(
  nextHop: string,
  { target, requiredCapabilities, constraints }: Query,
  { table, directCalls, signal }: DirectOptions,
): Promise<Hop> {
  if (!directCalls.permits(nextHop) || table.isPeer(nextHop)) throw new ServerUrlRefused(nextHop);
  const name = target.id;
  checkRoutes(name, name, table);
  const agent = await directCalls.learn(nextHop, name, signal);
  if (agent === undefined) throw new NotListed(name, nextHop);
  const { id, capabilities } = agent;
  checkRoutes(id, name, table);
  const verdict = [{ ...agent, id: name }, agent]
    .map((judged) => table.judge(judged, nextHop))
    .reduce((before, now) => (before.accepted || before.by === 'default' ? now : before));
  if (!verdict.accepted) throw new DeniedByPolicy(name, verdict.place, verdict.name);
  const lacks = requiredCapabilities.some((wanted) => !capabilities.some((path) => coversCapability(wanted, path)));
  if (lacks || Object.keys(constraints).length > 0) throw new NotMeasured(name, nextHop);
  const metrics = routeMetrics(verdict.attributes);
  return { nextHop, peer: undefined, route: undefined, agentId: id, requires: [], qualifiedId: id, metrics };
}

/** Throws where policy denies every known route to an agent. */
function checkRoutes(id: string, name: string, table: RoutingTable): void {
  if (table.destination(id)?.best !== undefined) return;
  const denial = table.denial(id, { required: [] });
  if (denial !== undefined) throw new DeniedByPolicy(name, denial.place, denial.name);
}
