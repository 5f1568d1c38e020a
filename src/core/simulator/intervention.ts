import type { Network } from './simulated-network.ts';
import type { Action } from './read-script.ts';

/** An action of a script that may change tables. */
export type Intervention = Exclude<Action, { do: 'call' }>;

type Fault = Extract<Action, { do: 'cut' | 'restore' | 'partition' | 'heal' | 'crash' | 'restart' }>;

/** Does to a network what a script says. */
export function intervene(network: Network, action: Intervention, now: number): void {
  switch (action.do) {
    case 'announce': {
      const router = network.router(action.router);
      return network.dispatch(router, router.announce(action.agents, now));
    }
    case 'withdraw': {
      const router = network.router(action.router);
      return network.dispatch(router, router.withdraw(action.agents));
    }
    case 'health': {
      const router = network.router(action.router);
      const event = router.measure(action.agent, action.med, now);
      if (event !== undefined) network.dispatch(router, event);
      return;
    }
    case 'policy': {
      const router = network.router(action.router);
      return network.dispatch(router, router.replacePolicy(action.policy));
    }
    default:
      strike(network, action);
  }
}

function strike(network: Network, fault: Fault): void {
  switch (fault.do) {
    case 'cut':
      return network.cut(network.link(...fault.link));
    case 'restore':
      return network.restore(network.link(...fault.link));
    case 'partition':
      return network.partition(fault.routers);
    case 'heal':
      return network.heal();
    case 'crash':
      return network.crash(fault.router);
    case 'restart':
      return network.start(fault.router, fault.clockOffsetMs);
  }
}

/** Returns an intervention in words. */
export function describe(action: Intervention): string {
  switch (action.do) {
    case 'announce':
      return `${action.router} announces ${action.agents.map(({ id }) => id).join(', ')}`;
    case 'withdraw':
      return `${action.router} withdraws ${action.agents.join(', ')}`;
    case 'health':
      return `${action.router} measures ${action.agent} at ${action.med}`;
    case 'cut':
    case 'restore':
      return `${action.do} ${action.link.join(' - ')}`;
    case 'partition':
      return `partition ${few(action.routers)}`;
    case 'heal':
      return 'heal';
    case 'crash':
    case 'restart':
      return `${action.do} ${action.router}`;
    case 'policy':
      return `${action.router} changes its policy`;
  }
}

function few(names: readonly string[]): string {
  return names.length > 5 ? `${names.slice(0, 4).join(', ')} and ${names.length - 4} others` : names.join(', ');
}
