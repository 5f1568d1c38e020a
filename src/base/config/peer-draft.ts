import type { PeerConfig } from './config.ts';
import type { PolicySource } from './load-policy.ts';
import type { Problem } from './problem.ts';

/** A peer as written in its source, without defaults. */
export interface PeerDraft extends Partial<Omit<PeerConfig, 'asn' | 'policy'>>, Pick<PeerConfig, 'asn'> {
  readonly policy?: PolicySource;
  /** Name of the entry in messages, such as `peers[1]`. */
  readonly label: string;
  readonly problem: (
    key: 'name' | 'url' | 'key' | 'client' | 'damping' | 'nextHop' | 'asn',
    message: string,
  ) => Problem;
}
