import type { BalancingConfig, CallsConfig, Config, DiscoveryConfig, HealthConfig, ListsConfig } from './config.ts';
import type { PolicySource } from './load-policy.ts';
import type { PeeringSettings } from './resolve-peering.ts';
import type { Problem } from './problem.ts';
import type { ServerDraft } from './server-draft.ts';

/** What one source says, variables or file; what it leaves out is not there. */
export interface Given
  extends Partial<Pick<Config, 'asn' | 'routerId' | 'logLevel' | 'aggregates' | 'egress'>>, Partial<PeeringSettings> {
  readonly servers?: readonly ServerDraft[];
  readonly policy?: PolicySource;
  readonly discovery?: Partial<DiscoveryConfig>;
  readonly calls?: Partial<CallsConfig>;
  readonly lists?: Partial<ListsConfig>;
  readonly health?: Partial<HealthConfig>;
  readonly balancing?: Partial<BalancingConfig>;
}

/** What a source says as far as it is valid, and what is wrong with the rest. */
export interface Reading {
  readonly given: Given;
  readonly problems: readonly Problem[];
}

/** The same object without the keys that hold undefined, so that it can be laid over another. */
export function defined<T extends object>(object: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
