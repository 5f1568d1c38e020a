import type { Nlri } from '../packet/nlri.ts';
import type { StubId } from './route.ts';

/** A route of our own that is not originated, because its attributes are more than a message may carry (RFC 4271 §9.2). */
export interface LeftOut {
  readonly nlri: Nlri;
  /** The server whose agent it is; undefined for an aggregate of ours. */
  readonly stub: StubId | undefined;
  /** What it has too much of, as it stands behind "it has". */
  readonly excess: string;
}
