import { decisionFaultsAmongPeers } from '../../core/bgp/policy/decision-order.ts';
import { ACCEPT_ALL } from '../../core/bgp/policy/policy.ts';
import { assignServers } from './assign-servers.ts';
import type {
  BalancingConfig,
  CallsConfig,
  Config,
  DiscoveryConfig,
  LoadResult,
  PeeringConfig,
  ReadFile,
} from './config.ts';
import {
  BALANCED_MAX_PATHS,
  DEFAULT_ASN,
  DEFAULT_BALANCING,
  DEFAULT_CALLS,
  DEFAULT_DISCOVERY,
  DEFAULT_HEALTH,
  DEFAULT_LISTS,
  DEFAULT_SERVER_URL,
} from './defaults.ts';
import type { PartialConfig } from './partial-config.ts';
import type { PolicyResult, PolicySource } from './load-policy.ts';
import { inReadingOrder, type Problem } from './problem.ts';
import { resolvePeering, type PeeringSettings } from './resolve-peering.ts';
import { plainServer } from './server-draft.ts';

type Settings = Omit<
  Config,
  'servers' | 'policy' | 'discovery' | 'calls' | 'lists' | 'health' | 'balancing' | 'peering'
> &
  PeeringSettings &
  Pick<PartialConfig, 'policy'> &
  Required<Pick<PartialConfig, 'servers'>>;

const DEFAULTS: Settings = {
  asn: DEFAULT_ASN,
  routerId: undefined,
  servers: [
    plainServer({
      name: undefined,
      url: DEFAULT_SERVER_URL,
      position: 0,
      label: 'the default server',
      problem: (_key, message) => ({ source: 'MASTRA_SERVERS', message }),
    }),
  ],
  aggregates: [],
  egress: { allowServerUrls: [], allowNextHops: [] },
  logLevel: 'info',
};

/** Merges the sources over the defaults; later sources win. `found` holds the problems of earlier steps. */
export async function resolve(
  sources: readonly PartialConfig[],
  found: readonly Problem[],
  readFile: ReadFile,
): Promise<LoadResult> {
  const { servers, policy: policySource, ...settings } = layered(sources);
  const { asn, routerId, aggregates, egress, logLevel, peers = [] } = settings;
  const peering = resolvePeering(settings, readFile, servers);
  const discovery = resolveDiscovery(sources);
  const assigned = assignServers(
    servers,
    asn,
    peers.map((peer) => peer.asn),
  );
  const policy = await resolvePolicy(policySource, readFile, hasPeers(peering.peering));
  const problems = [
    ...found,
    ...assigned.problems,
    ...discovery.problems,
    ...(policy.ok ? [] : policy.problems),
    ...peering.problems,
  ];
  if (!policy.ok || problems.length > 0) return { ok: false, problems: inReadingOrder(problems) };
  return {
    ok: true,
    config: {
      asn,
      routerId,
      aggregates,
      egress,
      logLevel,
      servers: assigned.servers,
      policy: policy.policy,
      discovery: discovery.discovery,
      health: sources.reduce((low, { health }) => ({ ...low, ...health }), DEFAULT_HEALTH),
      calls: resolveCalls(sources),
      lists: sources.reduce((low, { lists }) => ({ ...low, ...lists }), DEFAULT_LISTS),
      balancing: resolveBalancing(sources),
      peering: peering.peering,
    },
  };
}

/** Fills in the defaults of calls. A silent stream has the same timeout as an answer in one piece. */
function resolveCalls(sources: readonly PartialConfig[]): CallsConfig {
  const given = sources.reduce<Partial<CallsConfig>>((low, { calls }) => ({ ...low, ...calls }), {});
  const { timeoutMs = DEFAULT_CALLS.timeoutMs } = given;
  return { ...DEFAULT_CALLS, silenceMs: timeoutMs, ...given };
}

/** Fills in the defaults of balancing. Choosing a method enables it. */
function resolveBalancing(sources: readonly PartialConfig[]): BalancingConfig {
  const given = sources.reduce<Partial<BalancingConfig>>((low, { balancing }) => ({ ...low, ...balancing }), {});
  const maxPaths = given.method === undefined ? DEFAULT_BALANCING.maxPaths : BALANCED_MAX_PATHS;
  return { ...DEFAULT_BALANCING, maxPaths, ...given };
}

function layered(sources: readonly PartialConfig[]): Settings {
  return sources.reduce<Settings>(
    (
      low,
      { discovery: _discovery, calls: _calls, lists: _lists, health: _health, balancing: _balancing, ...high },
    ) => ({ ...low, ...high }),
    DEFAULTS,
  );
}

function hasPeers(peering: PeeringConfig | undefined): boolean {
  return peering !== undefined && peering.peers.length + peering.guests.length > 0;
}

async function resolvePolicy(
  source: PolicySource | undefined,
  readFile: ReadFile,
  amongPeers: boolean,
): Promise<PolicyResult> {
  if (source === undefined) return { ok: true, policy: ACCEPT_ALL };
  const { loadPolicy } = await import('./load-policy.ts');
  return loadPolicy(source, readFile, (policy) => (amongPeers ? decisionFaultsAmongPeers(policy) : []));
}

function resolveDiscovery(sources: readonly PartialConfig[]): {
  readonly discovery: DiscoveryConfig;
  readonly problems: readonly Problem[];
} {
  const given = sources.reduce<Partial<DiscoveryConfig>>((low, { discovery }) => ({ ...low, ...discovery }), {});
  const discovery = { ...DEFAULT_DISCOVERY, ...given };
  const { backoffMs, maxBackoffMs } = discovery;
  if (maxBackoffMs >= backoffMs) return { discovery, problems: [] };
  // A long first back-off without a maximum raises the maximum, because later back-offs must not be shorter.
  if (given.maxBackoffMs === undefined) return { discovery: { ...discovery, maxBackoffMs: backoffMs }, problems: [] };
  const message = `must be at least the first back-off of ${backoffMs} ms; raise it, or lower the first back-off`;
  const source = 'MASTRA_CLIENT_MAX_BACKOFF_MS or discovery.maxBackoffMs';
  return { discovery, problems: [{ source, value: String(maxBackoffMs), message }] };
}
