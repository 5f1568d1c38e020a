import { Balancer } from '../balancing/balancer.ts';
import type { HopLoads } from '../balancing/hop-loads.ts';
import { equalRoutes } from '../bgp/lookup.ts';
import type { Speaker } from '../bgp/state.ts';
import type { BalancingMethod } from '../config/config.ts';
import type { Balance } from '../forwarding/ports.ts';

/** Balances calls over the routes that the decision process finds equal. */
export function balanceOver(speaker: Speaker, method: BalancingMethod, loads: HopLoads): Balance {
  const balancer = new Balancer(method, loads);
  return (routes, call) => balancer.order(routes, equalRoutes(speaker, routes), call);
}
