import { OWN_USER, type CallSlots } from '../balancing/call-slots.ts';
import type { HopLoads } from '../balancing/hop-loads.ts';
import { HopGate } from '../forwarding/hop-gate.ts';
import type { ServerHealth } from '../health/server-health.ts';

/** Joins the gate of all calls with the rooms that know how next hops are. */
export function hopGateOver(
  { breakers, monitor, serverAt }: ServerHealth,
  loads: HopLoads,
  slots: CallSlots,
  onUnreached: (nextHop: string) => void,
): HopGate {
  return new HopGate({
    health: {
      admit: (nextHop) => breakers.admit(nextHop),
      signOfLife: (nextHop) => {
        breakers.signOfLife(nextHop, true);
      },
      called: (nextHop, agentId, sample) => {
        const server = serverAt(nextHop);
        if (server !== undefined) monitor.called(server, agentId, sample);
      },
    },
    loads,
    slots: {
      enter: (nextHop, caller, ...rest) => slots.enter(nextHop, caller ?? OWN_USER, ...rest),
      leave: (nextHop, caller) => {
        slots.leave(nextHop, caller ?? OWN_USER);
      },
    },
    onUnreached,
  });
}
