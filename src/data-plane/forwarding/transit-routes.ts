import { familyOf, idOf, type Nlri } from '../../core/bgp/packet/nlri.ts';
import type { PeerId, Route } from '../../core/bgp/rib/route.ts';
import { meets } from './constraints.ts';
import type { TransitContext } from './transit-context.ts';
import type { TransitTable } from './ports.ts';

/** Returns the routes that a relayed call may try, in order; empty if there are none. */
export function transitRoutes(
  table: TransitTable,
  nlri: Nlri,
  from: PeerId | undefined,
  { crossed, required, constraints }: Pick<TransitContext, 'crossed' | 'required' | 'constraints'>,
): readonly Route[] {
  const only = (route: Route): boolean => meets(route, constraints);
  const asking = { from, crossed, required, only };
  if (familyOf(nlri) === 'agent') return table.routes(nlri, asking);
  const path = idOf(nlri);
  const match = table.longestMatch(path);
  return match === undefined ? [] : table.routes(match, { ...asking, path });
}
