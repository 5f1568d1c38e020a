import { equalRoutes } from '../../core/bgp/lookup.ts';
import type { Route } from '../../core/bgp/rib/route.ts';
import type { Speaker } from '../../core/bgp/state/state.ts';
import { Balancer, type BalancedCall } from './balancer.ts';
import type { HopLoads } from './hop-loads.ts';
import type { MethodName } from './methods.ts';

/** Source of the copies on our own servers that are much worse than others. */
interface Watch {
  avoids(server: string, agent: string): boolean;
}

/**
 * Balances calls over the routes that the decision process finds equal. The decision process uses what peers were told,
 * which changes rarely. Calls avoid a copy as soon as this router knows that it has become worse.
 */
export function balanceOver(
  speaker: Speaker,
  method: MethodName,
  loads: HopLoads,
  watch: Watch,
): (routes: readonly Route[], call: BalancedCall) => readonly Route[] {
  const balancer = new Balancer(method, loads);
  const isWell = ({ source, nlri }: Route): boolean => source.kind !== 'stub' || !watch.avoids(source.id, nlri);
  return (routes, call) => {
    const { members, kin } = equalRoutes(speaker, routes);
    const well = members.length < 2 ? members : members.filter(isWell);
    return balancer.order(routes, { members: well.length === 0 ? members : well, kin }, call);
  };
}
