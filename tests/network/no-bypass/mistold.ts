import type { Route } from '../../../src/core/bgp/rib/route.ts';
import { judged, judgedAt, type Oracle } from './oracle.ts';
import type { Walker } from './walk.ts';

/**
 * Returns what is wrong with something that a router told a peer, in words: a capability is made of agents that the peer may
 * know, and whatever is told can be called. Aggregates are left out, because their makers answer for more than one agent.
 */
export function mistold(oracle: Oracle, walker: Walker, router: string, peer: string): string | undefined {
  for (const told of oracle.toldAll(peer, router)) {
    const best = oracle.best(router, told.nlri);
    if (best === undefined || told.received.aggregate === true) continue;
    const fault = told.nlri.startsWith('~') ? compositionFault(oracle, router, peer, told, best) : undefined;
    if (fault !== undefined) return `${router} told ${peer} of ${told.nlri}: ${fault}`;
    if (!walker.carries(router, peer, told.nlri))
      return `${router} told ${peer} of ${told.nlri}, but carries no call there`;
  }
  return undefined;
}

function compositionFault(oracle: Oracle, router: string, peer: string, told: Route, best: Route): string | undefined {
  const path = told.nlri.slice(1);
  const { source } = best;
  if (source.kind === 'peer') {
    const origin = best.received.asPath.at(-1);
    const agents = oracle
      .toldAll(router, source.id)
      .filter(({ nlri, received }) => received.capabilities.includes(path) && !nlri.startsWith('~'))
      .filter(({ received }) => received.asPath.at(-1) === origin || best.received.aggregate === true);
    const isKnown = ({ nlri, received }: Route): boolean => {
      const verdict = oracle.imports(router, { peer: source.id }, judged(nlri, received));
      if ('rejectedBy' in verdict || oracle.isMalformed(router, nlri)) return false;
      return oracle.exportFault(router, peer, { peer: source.id }, verdict.route) === undefined;
    };
    return agents.length === 0 || agents.some(isKnown) ? undefined : 'it may know no agent behind it';
  }
  const mine = oracle.router(router).stubs.flatMap((stub) =>
    stub.agents
      .filter(({ id, capabilities }) => capabilities.includes(path) && !/^(?:as|server)\d+:/i.test(id))
      .flatMap((agent) => {
        const verdict = oracle.imports(router, { stub }, judgedAt(stub, agent));
        if ('rejectedBy' in verdict || oracle.exportFault(router, peer, { stub }, verdict.route) !== undefined)
          return [];
        return [verdict.route];
      }),
  );
  const added = oracle.addedOnExport(router, peer);
  const isFrom = ({ capabilities, communities }: { capabilities: readonly string[]; communities: readonly string[] }) =>
    told.received.capabilities.every((one) => capabilities.includes(one)) &&
    told.received.communities.every((one) => communities.includes(one) || added.includes(one));
  return mine.some(isFrom) ? undefined : 'no agent that it may know is like this';
}
