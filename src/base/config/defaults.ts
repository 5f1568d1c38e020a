import type { Asn } from '../../core/bgp/packet/asn.ts';
import type { BalancingConfig, CallsConfig, DiscoveryConfig, HealthConfig, ListsConfig } from './config.ts';

/** A private AS number (RFC 6996). */
export const DEFAULT_ASN: Asn = 65_000;

export const DEFAULT_SERVER_URL = 'http://localhost:4111';

export const DEFAULT_LISTEN = { host: '127.0.0.1', port: 3001 } as const;

export const DEFAULT_DISCOVERY: DiscoveryConfig = {
  intervalMs: 300_000,
  timeoutMs: 10_000,
  retries: 3,
  backoffMs: 300,
  maxBackoffMs: 5_000,
  maxAgentsPerServer: 10_000,
};

export const DEFAULT_HEALTH: HealthConfig = { intervalMs: 60_000, timeoutMs: 5_000, failures: 5, restMs: 1_000 };

export const DEFAULT_LISTS: ListsConfig = { maxTokens: 4_000 };

/** The defaults of calls. A silent stream times out after `timeoutMs`, as an answer in one piece does. */
export const DEFAULT_CALLS: Omit<CallsConfig, 'silenceMs'> = {
  timeoutMs: 600_000,
  maxConcurrent: 200,
  maxQueued: 1_000,
  hedge: false,
  maxResultLength: 80_000,
};

/** The defaults of balancing, which is off because it has one path. */
export const DEFAULT_BALANCING: BalancingConfig = { method: 'capability-aware', maxPaths: 1, medTolerance: 50 };

/** The paths of balancing if a method is configured without their number. */
export const BALANCED_MAX_PATHS = 8;

export const DEFAULT_GUEST = {
  holdTimeSeconds: 90,
  advertisementIntervalMs: 0,
  maxRoutes: 100_000,
  maxBytes: 64 * 1024 * 1024,
  allowOrigins: undefined,
  allowAgents: undefined,
  damping: undefined,
} as const;

export const DEFAULT_PEER = {
  ...DEFAULT_GUEST,
  passive: false,
  client: false,
  insecure: false,
  restartTimeSeconds: 0,
  nextHop: 'self',
  callers: [],
} as const;

/** The suppress threshold (RFC 7196 §6) and the other values of damping (RFC 7196 §3). */
export const DEFAULT_DAMPING = {
  suppressAbove: 6_000,
  reuseBelow: 750,
  halfLifeSeconds: 900,
  maxSuppressSeconds: 3_600,
} as const;
