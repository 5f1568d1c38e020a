import { Balancer } from '../balancing/balancer.ts';
import type { HopLoads } from '../balancing/hop-loads.ts';
import { equalRoutes } from '../bgp/lookup.ts';
import type { Route } from '../bgp/rib/route.ts';
import type { Speaker } from '../bgp/state/state.ts';
import type { BalancingMethod } from '../config/config.ts';
import type { Balance } from '../forwarding/ports.ts';

/** Knows of copies on own servers that have just been found to be much worse than others. */
interface Watch {
  avoids(server: string, agent: string): boolean;
}

/**
 * Balances calls over the routes that the decision process finds equal. What is found out about a copy may be told to others
 * only now and then, and decides what counts as equal; calls leave it at once.
 */
export function balanceOver(speaker: Speaker, method: BalancingMethod, loads: HopLoads, watch: Watch): Balance {
  const balancer = new Balancer(method, loads);
  const isWell = ({ source, nlri }: Route): boolean => source.kind !== 'stub' || !watch.avoids(source.id, nlri);
  return (routes, call) => {
    const { members, kin } = equalRoutes(speaker, routes);
    const well = members.length < 2 ? members : members.filter(isWell);
    return balancer.order(routes, { members: well.length === 0 ? members : well, kin }, call);
  };
}
