import * as z from 'zod';
import { coversCapability } from '../../bgp/policy/match.ts';
import { flattenPath, originAs } from '../../bgp/packet/as-path.ts';
import { MAX_ASN } from '../../bgp/packet/asn.ts';
import { familyOf } from '../../bgp/packet/nlri.ts';
import type { Destination } from '../../bgp/rib/destination.ts';
import type { Route } from '../../bgp/rib/route.ts';
import { Failure } from '../../failure.ts';
import type { AgentDirectory, ListedPeer, ListedServer } from '../backend.ts';
import { parseArguments } from '../parse-arguments.ts';
import type { Tool } from '../tool.ts';
import { capabilitySchema } from './capability-schema.ts';
import { routeMetricsSchema } from './route-metrics-schema.ts';

const NAME = 'list-agents';

const inputSchema = z.strictObject({
  capability: capabilitySchema.optional().describe('Only agents with this capability or one below it, such as coding'),
  server: z.string().min(1).optional().describe('Only this server, by name, such as server0'),
  asn: z.int().min(1).max(MAX_ASN).optional().describe('Only servers of this AS number'),
  refresh: z.boolean().optional().describe('Ask the servers again instead of answering from what is known'),
});

const agentSchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  capabilities: z.array(z.string()),
  fullyQualifiedId: z.string().describe('Calls exactly this copy'),
  route: routeMetricsSchema.extend({
    nextHop: z.string(),
    best: z.boolean().describe('Whether a call by plain id goes to this copy'),
  }),
});

const serverSchema = z.object({
  serverName: z.string(),
  serverUrl: z.string(),
  serverDescription: z.string(),
  asn: z.number(),
  status: z.enum(['online', 'error']),
  error: z.string().optional(),
  agents: z.array(agentSchema),
});

const outputSchema = z.object({
  serverAgents: z.array(serverSchema),
  summary: z.object({
    totalServers: z.number(),
    onlineServers: z.number(),
    totalAgents: z.number(),
    agentConflicts: z
      .array(z.object({ agentId: z.string(), servers: z.array(z.string()) }))
      .describe('Ids that several servers have'),
    asNumbers: z.array(z.number()),
    peers: z
      .array(z.object({ name: z.string(), asn: z.number(), url: z.string().optional(), state: z.string() }))
      .describe('Other routers'),
    notice: z.string().optional().describe('What is not as it should be'),
  }),
});

type ListedAgent = z.output<typeof agentSchema>;
type ServerAgents = z.output<typeof serverSchema>;
type Filter = z.output<typeof inputSchema>;

const description = `Lists the agents that agent-proxy can call, server by server, with what each is good at.

Use it before the first agent-proxy call of a task, and again when a call says AGENT_NOT_FOUND. It answers at once from the routing table, without asking the servers; pass refresh: true only when an agent was just added or a server just started.

Give agent-proxy an agent's "id": the router then picks the best copy. Use "fullyQualifiedId" when it has to be the copy on one server. Ids in summary.agentConflicts exist on several servers; route.best marks the copy that a plain id reaches.

Narrow a long list with capability (such as "coding"), server or asn. A server with status "error" has agents that cannot be listed now: its "error" says why.`;

/** Shows the routing table as agents by server. */
export const listAgents: Tool = {
  name: NAME,
  aliases: ['listMastraAgents'],
  title: 'List agents',
  description,
  annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: true },
  inputSchema,
  outputSchema,
  failureFields: {},
  run: async (args, { backend: { directory } }) => {
    const filter = parseArguments(NAME, inputSchema, args);
    if (filter.refresh !== true) await directory.firstRound(filter.server);
    checkServer(filter.server, directory);
    if (filter.refresh === true) await directory.refresh(filter.server);
    return listing(directory, filter);
  },
};

/** `server` names none of the servers. */
export class UnknownServer extends Failure {
  constructor(server: string, known: readonly string[]) {
    super('INVALID_REQUEST', `There is no server '${server}'. Known servers: ${known.join(', ') || 'none'}.`);
  }
}

function checkServer(server: string | undefined, directory: AgentDirectory): void {
  const known = [...directory.servers(), ...directory.peers()].map(({ name }) => name);
  if (server !== undefined && !known.includes(server)) throw new UnknownServer(server, known);
}

function listing(directory: AgentDirectory, filter: Filter): z.output<typeof outputSchema> {
  const all = [...directory.servers()];
  const shown = all.filter(({ name, asn }) => (filter.server ?? name) === name && (filter.asn ?? asn) === asn);
  const peers = [...directory.peers()];
  const shownPeers = peers.filter(({ name, asn }) => (filter.server ?? name) === name && (filter.asn ?? asn) === asn);
  const agents = agentsBySource(directory.locRib(), filter.capability);
  const notice = directory.notice();
  const serverAgents = [
    ...shown.map((server) => serverEntry(server, agents.get(`stub ${server.name}`) ?? [])),
    ...shownPeers.map((peer) => peerEntry(peer, agents.get(`peer ${peer.name}`) ?? [])),
  ];
  return {
    serverAgents,
    summary: {
      totalServers: shown.length,
      onlineServers: shown.filter(({ error }) => error === undefined).length,
      totalAgents: serverAgents.reduce((sum, server) => sum + server.agents.length, 0),
      agentConflicts: conflicts(serverAgents),
      asNumbers: [...new Set([directory.asn, ...[...shown, ...shownPeers].map(({ asn }) => asn)])],
      peers: peers.map(({ name, asn, url, state }) => ({ name, asn, ...(url !== undefined && { url }), state })),
      ...(notice !== undefined && { notice }),
    },
  };
}

/** The agents by where their routes came from; the same agent may come from several. */
function agentsBySource(locRib: Iterable<Destination>, capability: string | undefined): Map<string, ListedAgent[]> {
  const agents = new Map<string, ListedAgent[]>();
  for (const { nlri, routes, best } of locRib) {
    if (familyOf(nlri) !== 'agent') continue;
    for (const route of routes) {
      const { source } = route;
      if (source.kind === 'self' || route.ineligible !== undefined) continue;
      if (capability !== undefined && !route.attributes.capabilities.some((path) => coversCapability(capability, path)))
        continue;
      const key = `${source.kind} ${source.id}`;
      const listed = agents.get(key) ?? [];
      agents.set(key, listed);
      const owner = source.kind === 'stub' ? source.id : `as${originAs(route.attributes.asPath) ?? source.asn}`;
      listed.push(listedAgent(route, `${owner}:${nlri}`, route === best));
    }
  }
  return agents;
}

function listedAgent({ nlri, label, attributes }: Route, fullyQualifiedId: string, best: boolean): ListedAgent {
  const { asPath, nextHop, localPref, med, communities, capabilities } = attributes;
  return {
    id: nlri,
    name: label?.name ?? nlri,
    description: label?.description ?? '',
    capabilities: [...capabilities],
    fullyQualifiedId,
    route: { asPath: flattenPath(asPath), nextHop, localPref, med, communities: [...communities], best },
  };
}

function serverEntry({ name, url, description, asn, error }: ListedServer, agents: ListedAgent[]): ServerAgents {
  return {
    serverName: name,
    serverUrl: url,
    serverDescription: description,
    asn,
    status: error === undefined ? 'online' : 'error',
    ...(error !== undefined && { error }),
    agents,
  };
}

function peerEntry({ name, asn, url, state, error }: ListedPeer, agents: ListedAgent[]): ServerAgents {
  const isUp = state === 'established';
  const why = error === undefined ? '' : `: ${error}`;
  return {
    serverName: name,
    serverUrl: url ?? '',
    serverDescription:
      url === undefined
        ? 'Another router; without a URL of it here, none of its agents can be called'
        : 'Another router, and the agents that it leads to',
    asn,
    status: isUp ? 'online' : 'error',
    ...(!isUp && { error: `the session with it is in state ${state}${why}` }),
    agents,
  };
}

function conflicts(serverAgents: readonly ServerAgents[]): { agentId: string; servers: string[] }[] {
  const servers = new Map<string, string[]>();
  for (const { serverName, agents } of serverAgents) {
    for (const { id } of agents) servers.set(id, [...(servers.get(id) ?? []), serverName]);
  }
  return [...servers].filter(([, names]) => names.length > 1).map(([agentId, names]) => ({ agentId, servers: names }));
}
