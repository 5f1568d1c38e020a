import { baseUrl } from './base-url.ts';
import type { KnownServer } from './ports.ts';
import type { Query } from './resolve.ts';
import type { Qualifier } from './target.ts';

/** Returns true if the target of a call may be on a server. */
export function mayHaveTarget(server: KnownServer, { target, nextHop, ownAsn }: Query): boolean {
  if (nextHop !== undefined) return baseUrl(server.url) === nextHop;
  if (target.qualifier === undefined) return true;
  if (target.qualifier.kind === 'server') return target.qualifier.name === server.name;
  return target.qualifier.asn === server.asn || target.qualifier.asn === ownAsn;
}

/** Returns true if a name can only be the id of one of our own agents that looks qualified. */
export function isLiteral(
  { target: { qualifier, literal } }: Query,
  isKnown: (qualifier: Qualifier) => boolean,
): boolean {
  return qualifier !== undefined && literal !== undefined && !isKnown(qualifier);
}

/** Returns true if other routers may know the target of a call. */
export function peersMayHaveTarget({ target: { qualifier } }: Query): boolean {
  return qualifier?.kind !== 'server';
}
