import type { Nlri } from '../packet/nlri.ts';
import type { Footprint } from './footprint.ts';
import type { Route } from './route.ts';

/** Routes of a peer whose session has ended, on their way out of the Loc-RIB (RFC 4271 §8.2.2). */
export interface LeavingRoutes {
  readonly routes: Map<Nlri, Route>;
  readonly footprint: Footprint;
}
