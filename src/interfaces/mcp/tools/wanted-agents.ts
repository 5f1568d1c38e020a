import { coversCapability } from '../../../core/bgp/policy/match.ts';
import { flattenPath, originAs } from '../../../core/bgp/packet/as-path.ts';
import { copiesOf, type AgentEntry, type AgentRow, type IsWanted } from '../agent-rows.ts';
import type { AgentDirectory, ListedPeer, ListedServer } from '../backend.ts';
import type { Conflict, Filter, ListedAgent, Listing, ServerAgents } from './list-schema.ts';

/** The part of a directory that passes a filter. */
export interface Wanted {
  readonly directory: AgentDirectory;
  readonly limit: number;
  /** Servers and then peers, without their agents. */
  readonly sources: readonly ServerAgents[];
  /** Returns the one of `sources` that a copy is on; undefined if the filter leaves it out. */
  readonly sourceOf: (row: AgentRow) => ServerAgents | undefined;
  readonly peers: Listing['summary']['peers'];
  readonly isWanted: IsWanted;
  readonly counts: Pick<Listing['summary'], 'totalServers' | 'onlineServers' | 'totalAgents'>;
  /** Number of agents with several copies. */
  readonly conflicts: number;
}

/** Applies a filter and counts the servers, agents and conflicts that pass it. */
export function wantedOf(directory: AgentDirectory, { server, asn, capability, limit = Infinity }: Filter): Wanted {
  const isNamed = (source: ListedServer | ListedPeer): boolean =>
    (server ?? source.name) === source.name && (asn ?? source.asn) === source.asn;
  const servers = [...directory.servers()].filter(isNamed);
  const peers = [...directory.peers()];
  const ofStubs = new Map(servers.map((one) => [one.name, serverEntry(one)]));
  const ofPeers = new Map(peers.filter(isNamed).map((one) => [one.name, peerEntry(one)]));
  const sourceOf = ({ source: { kind, id } }: AgentRow) => (kind === 'stub' ? ofStubs : ofPeers).get(id);
  const isWanted: IsWanted = (row) =>
    sourceOf(row) !== undefined &&
    (capability === undefined || row.route.attributes.capabilities.some((path) => coversCapability(capability, path)));
  let [totalAgents, conflicts] = [0, 0];
  for (const entry of directory.entriesAfter(0)) {
    const { length } = copiesOf(entry, isWanted);
    totalAgents += length;
    if (length > 1) conflicts += 1;
  }
  const onlineServers = servers.filter(({ error }) => error === undefined).length;
  return {
    directory,
    limit,
    sources: [...ofStubs.values(), ...ofPeers.values()],
    sourceOf,
    peers: peers.map(({ name, asn: of, url, state }) => ({ name, asn: of, ...(url !== undefined && { url }), state })),
    isWanted,
    counts: { totalServers: servers.length, onlineServers, totalAgents },
    conflicts,
  };
}

/** Returns the list entry of a copy. */
export function listedAgent({ entry, route, source }: AgentRow): ListedAgent {
  const { nlri, label, attributes } = route;
  const { asPath, nextHop, localPref, med, communities, capabilities } = attributes;
  const owner = source.kind === 'stub' ? source.id : `as${originAs(asPath) ?? source.asn}`;
  const best = route === entry.best;
  return {
    id: nlri,
    name: label?.name ?? nlri,
    description: label?.description ?? '',
    capabilities: [...capabilities],
    fullyQualifiedId: `${owner}:${nlri}`,
    route: { asPath: flattenPath(asPath), nextHop, localPref, med, communities: [...communities], best },
  };
}

/** Returns the servers and peers that have the same agent; undefined if only one has it. */
export function conflictOf(entry: AgentEntry, { sources, sourceOf, isWanted }: Wanted): Conflict | undefined {
  const owners = new Set(copiesOf(entry, isWanted).map(sourceOf));
  if (owners.size < 2) return undefined;
  const servers = sources.filter((source) => owners.has(source)).map(({ serverName }) => serverName);
  return { agentId: entry.nlri, servers };
}

function serverEntry({ name, url, description, asn, error }: ListedServer): ServerAgents {
  return {
    serverName: name,
    serverUrl: url,
    serverDescription: description,
    asn,
    status: error === undefined ? 'online' : 'error',
    ...(error !== undefined && { error }),
    agents: [],
  };
}

function peerEntry({ name, asn, url, state, error }: ListedPeer): ServerAgents {
  const isUp = state === 'established';
  const why = error === undefined ? '' : `: ${error}`;
  return {
    serverName: name,
    serverUrl: url ?? '',
    serverDescription:
      url === undefined
        ? 'Another router; its agents cannot be called, because its URL is not configured here'
        : 'Another router and the agents behind it',
    asn,
    status: isUp ? 'online' : 'error',
    ...(!isUp && { error: `its session is in state ${state}${why}` }),
    agents: [],
  };
}
