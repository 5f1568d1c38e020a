import { judged, type Oracle } from './oracle.ts';
import type { CaseAgent } from './random-case.ts';
import type { Leg } from './walk.ts';

/**
 * Returns what forbids a router to use a peer's capability for a call, in words: the route to the capability, what the call asks
 * for below it, or a closer capability that the peer will follow. Undefined if nothing does, or if the call names the agent.
 */
export function capabilityFault(
  oracle: Oracle,
  { router, asker, name, hop }: Leg,
  from: { readonly peer: string },
  agent: CaseAgent,
): string | undefined {
  if (hop.agentId === agent.id && (name === agent.id || name.endsWith(`:${agent.id}`))) return undefined;
  const path = name.replace(/^~|^[^:/]+:/, '');
  const cover = oracle.coverOf(router, path);
  const told = cover === undefined ? undefined : oracle.told(router, from.peer, `~${cover}`);
  if (cover === undefined || told === undefined) return `${from.peer} has told of nothing that covers ${path}`;
  const verdict = oracle.imports(router, from, judged(`~${cover}`, told));
  if ('rejectedBy' in verdict) return `~${cover} is rejected by ${verdict.rejectedBy}`;
  if (cover === path) return undefined;
  const closer = closerFault(oracle, router, from, cover, path);
  if (closer !== undefined) return closer;
  const below = { ...verdict.route, nlri: `~${path}` };
  const given = asker === undefined ? verdict : oracle.exports(router, asker, below);
  const verdicts = [oracle.policyImports(router, from, judged(`~${path}`, told)), given];
  const denied = verdicts.flatMap((one) => ('rejectedBy' in one ? one.rejectedBy : [])).filter(isStatement);
  return denied.length === 0 ? undefined : `~${path} is rejected by ${denied.join()}`;
}

/** What no statement names passes with the route that covers it. */
function isStatement(place: string): boolean {
  return !place.endsWith('.default');
}

function closerFault(
  oracle: Oracle,
  router: string,
  from: { readonly peer: string },
  cover: string,
  path: string,
): string | undefined {
  for (let closer = path; closer.length > cover.length; closer = closer.slice(0, closer.lastIndexOf('/'))) {
    const told = oracle.told(router, from.peer, `~${closer}`);
    if (told === undefined) continue;
    const verdict = oracle.imports(router, from, judged(`~${closer}`, told));
    return 'rejectedBy' in verdict ? `the closer ~${closer} is rejected by ${verdict.rejectedBy}` : undefined;
  }
  return undefined;
}
