import type { Oracle } from './oracle.ts';
import type { CaseAgent } from './random-case.ts';
import type { Way } from './walk.ts';

/** The agent that a call came to. */
export interface Reached {
  readonly agent: CaseAgent;
  /** The router beside whose server it is, and the server; undefined for a server that no router has configured. */
  readonly at: { readonly router: string; readonly stub: string } | undefined;
}

/** Returns the agent at the end of a way, or undefined where the way ends at a router that is called like a server. */
export function reachedBy(oracle: Oracle, way: Way): Reached | undefined {
  const { router, hop } = way.at(-1)!;
  const { route, agentId, nextHop } = hop;
  if (route?.source.kind === 'stub') {
    const { id } = route.source;
    const stub = oracle.router(router).stubs.find(({ name }) => name === id)!;
    return { agent: stub.agents.find((one) => one.id === agentId)!, at: { router, stub: id } };
  }
  const { foreign } = oracle.drawn;
  if (nextHop !== foreign.url) return undefined;
  const agent = foreign.agents.find(({ key }) => key === agentId) ?? foreign.agents.find(({ id }) => id === agentId);
  return agent && { agent, at: undefined };
}
