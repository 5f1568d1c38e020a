import { qualifierOf } from './misnaming.ts';
import { judged, judgedAt, type Oracle } from './oracle.ts';
import type { Reached } from './reached.ts';
import type { Leg } from './walk.ts';

/** Returns what forbids a call of an agent at a URL that no route names, in words; undefined if nothing does. */
export function directFault(
  oracle: Oracle,
  { router, name, hop }: Leg,
  reached: Reached | undefined,
): string | undefined {
  const { nextHop } = hop;
  const peer = oracle.peersOf(router).find((one) => nextHop === `http://${one}`);
  if (peer !== undefined) return `${peer} is a peer`;
  if (reached === undefined) return undefined;
  const { id, capabilities, communities } = reached.agent;
  if (!oracle.isMalformed(router, id) && isDeniedEverywhere(oracle, router, id))
    return `every route to ${id} is denied`;
  const { asn } = oracle.router(router);
  const stub = { name: nextHop, asn, url: nextHop, agents: [] };
  const qualifier = qualifierOf(oracle, router, name);
  for (const nlri of [id, qualifier === undefined ? name : name.slice(qualifier.length + 1)]) {
    const verdict = oracle.imports(router, { stub }, { nlri, asPath: [], capabilities, communities });
    if (!('rejectedBy' in verdict)) continue;
    // The default speaks against agents, and the name need not be that of one.
    if (nlri === id || !verdict.rejectedBy.endsWith('.default')) return `${nlri} is rejected by ${verdict.rejectedBy}`;
  }
  return undefined;
}

function isDeniedEverywhere(oracle: Oracle, router: string, id: string): boolean {
  const own = oracle.router(router).stubs.flatMap((stub) => {
    const agents = stub.agents.filter((agent) => agent.id === id);
    return agents.map((agent) => oracle.imports(router, { stub }, judgedAt(stub, agent)));
  });
  const theirs = oracle.peersOf(router).flatMap((peer) => {
    const told = oracle.told(router, peer, id);
    return told === undefined ? [] : [oracle.imports(router, { peer }, judged(id, told))];
  });
  const all = [...own, ...theirs];
  return all.length > 0 && all.every((verdict) => 'rejectedBy' in verdict && verdict.rejectedBy.startsWith('import'));
}
