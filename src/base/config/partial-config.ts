import type { BalancingConfig, CallsConfig, Config, DiscoveryConfig, HealthConfig, ListsConfig } from './config.ts';
import type { PolicySource } from './load-policy.ts';
import type { PeeringSettings } from './resolve-peering.ts';
import type { Problem } from './problem.ts';
import type { ServerDraft } from './server-draft.ts';

/** Settings of one source, variables or file. Settings that the source leaves out are absent. */
export interface PartialConfig
  extends Partial<Pick<Config, 'asn' | 'routerId' | 'logLevel' | 'aggregates' | 'egress'>>, Partial<PeeringSettings> {
  readonly servers?: readonly ServerDraft[];
  readonly policy?: PolicySource;
  readonly discovery?: Partial<DiscoveryConfig>;
  readonly calls?: Partial<CallsConfig>;
  readonly lists?: Partial<ListsConfig>;
  readonly health?: Partial<HealthConfig>;
  readonly balancing?: Partial<BalancingConfig>;
}

/** The valid settings of a source, and the problems of the others. */
export interface Reading {
  readonly given: PartialConfig;
  readonly problems: readonly Problem[];
}

/** Returns a copy without undefined values, so that a spread of it does not hide earlier values. */
export function defined<T extends object>(object: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
