import { decisionFaultsAmongPeers } from '../../core/bgp/policy/decision-order.ts';
import { ACCEPT_ALL } from '../../core/bgp/policy/policy.ts';
import { assignServers } from './assign-servers.ts';
import type {
  BalancingConfig,
  CallsConfig,
  Config,
  DiscoveryConfig,
  HealthConfig,
  ListsConfig,
  LoadResult,
  PeeringConfig,
  ReadFile,
} from './config.ts';
import type { Given } from './given.ts';
import type { PolicyResult, PolicySource } from './load-policy.ts';
import { inReadingOrder, type Problem } from './problem.ts';
import { resolvePeering, type PeeringSettings } from './resolve-peering.ts';
import { plainServer } from './server-draft.ts';

type Settings = Omit<
  Config,
  'servers' | 'policy' | 'discovery' | 'calls' | 'lists' | 'health' | 'balancing' | 'peering'
> &
  PeeringSettings &
  Pick<Given, 'policy'> &
  Required<Pick<Given, 'servers'>>;

const DEFAULTS: Settings = {
  asn: 65_000,
  routerId: undefined,
  servers: [
    plainServer({
      name: undefined,
      url: 'http://localhost:4111',
      position: 0,
      label: 'the default server',
      problem: (_key, message) => ({ source: 'MASTRA_SERVERS', message }),
    }),
  ],
  aggregates: [],
  egress: { allowServerUrls: [], allowNextHops: [] },
  logLevel: 'info',
};

const DEFAULT_DISCOVERY: DiscoveryConfig = {
  intervalMs: 300_000,
  timeoutMs: 10_000,
  retries: 3,
  backoffMs: 300,
  maxBackoffMs: 5_000,
  maxAgentsPerServer: 10_000,
};

const DEFAULT_HEALTH: HealthConfig = { intervalMs: 60_000, timeoutMs: 5_000, failures: 5, restMs: 1_000 };

const DEFAULT_LISTS: ListsConfig = { maxTokens: 4_000 };

/** Merges the sources over the defaults; later sources win. `found` holds the problems of earlier steps. */
export async function resolve(
  sources: readonly Given[],
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
function resolveCalls(sources: readonly Given[]): CallsConfig {
  const given = sources.reduce<Partial<CallsConfig>>((low, { calls }) => ({ ...low, ...calls }), {});
  const { timeoutMs = 600_000 } = given;
  const defaults = { maxConcurrent: 200, maxQueued: 1_000, hedge: false, maxResultLength: 80_000 };
  return { timeoutMs, silenceMs: timeoutMs, ...defaults, ...given };
}

/** Fills in the defaults of balancing. Choosing a method enables it. */
function resolveBalancing(sources: readonly Given[]): BalancingConfig {
  const given = sources.reduce<Partial<BalancingConfig>>((low, { balancing }) => ({ ...low, ...balancing }), {});
  const maxPaths = given.method === undefined ? 1 : 8;
  return { method: 'capability-aware', maxPaths, medTolerance: 50, ...given };
}

function layered(sources: readonly Given[]): Settings {
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

function resolveDiscovery(sources: readonly Given[]): {
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
