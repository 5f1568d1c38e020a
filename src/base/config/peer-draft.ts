import type { PeerConfig } from './config.ts';
import type { PolicySource } from './load-policy.ts';
import type { Problem } from './problem.ts';

/** A peer as it was written: what was left out is filled in later. */
export interface PeerDraft extends Partial<Omit<PeerConfig, 'asn' | 'policy'>>, Pick<PeerConfig, 'asn'> {
  readonly policy?: PolicySource;
  /** How messages call it, such as `peers[1]`. */
  readonly label: string;
  readonly problem: (
    key: 'name' | 'url' | 'key' | 'client' | 'damping' | 'nextHop' | 'asn',
    message: string,
  ) => Problem;
}
