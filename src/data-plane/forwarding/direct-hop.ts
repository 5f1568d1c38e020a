import { coversCapability } from '../../core/bgp/policy/match.ts';
import { Failure } from '../../base/failure/failure.ts';
import { routeMetrics, type Hop } from './hop.ts';
import type { DirectCalls, RoutingTable } from './ports.ts';
import type { Query } from './resolve.ts';
import { AgentNotFound, DeniedByPolicy } from './unresolved-failure.ts';

/** `serverUrl` is not an http(s) URL. */
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

/** The operator does not allow calls to `serverUrl`. */
class ServerUrlRefused extends Failure {
  constructor(serverUrl: string) {
    super(
      'DENIED_BY_POLICY',
      `serverUrl ${serverUrl} is denied: it is neither a configured server nor the next hop of a route to this agent. Nothing was sent. ` +
        'Omit serverUrl and call the agent by its id, or ask the operator to add the URL to MASTRA_SERVERS or to allowServerUrls.',
      { blames: 'caller', details: { place: 'allowServerUrls' } },
    );
  }
}

/** The server at the caller's URL lists no agent of that name. */
class NotListed extends AgentNotFound {
  constructor(id: string, nextHop: string) {
    super(
      `The server at ${nextHop} lists no agent '${id}', so policy cannot judge it. Nothing was sent. Use an id from ${nextHop}/api/agents.`,
    );
  }
}

/** No route leads to the agent, so this router has no measurements of it. */
class NotMeasured extends AgentNotFound {
  constructor(id: string, nextHop: string) {
    super(
      `'${id}' at ${nextHop} is not known to meet requiredCapabilities and constraints. Omit them, or call an agent from list-agents.`,
    );
  }
}

interface DirectOptions {
  readonly table: RoutingTable;
  readonly directCalls: DirectCalls;
  readonly signal: AbortSignal;
}

/**
 * Returns the hop to an agent at a URL that the caller gives and no route names. The operator must allow the URL. It
 * must not be a peer's URL, because calls of a peer's agents take the routes that policy has judged. This function
 * first asks the server which agent the name means, because servers accept other names than an agent's id. Policy
 * judges that agent, and the call uses its id.
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

/** Throws if policy denies every known route to an agent. */
function checkRoutes(id: string, name: string, table: RoutingTable): void {
  if (table.destination(id)?.best !== undefined) return;
  const denial = table.denial(id, { required: [] });
  if (denial !== undefined) throw new DeniedByPolicy(name, denial.place, denial.name);
}
