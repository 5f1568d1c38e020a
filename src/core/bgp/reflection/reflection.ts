import type { PathAttributes } from '../packet/attributes.ts';
import type { RouterId } from '../packet/router-id.ts';
import type { PeerSource } from '../rib/route.ts';

/**
 * True if a route learned from one internal peer may be told to another: a client's to every peer, any other to clients
 * only (RFC 4456 §6). Without clients this is the rule of plain internal peering: never (RFC 4271 §9.2.1).
 */
export function mayReflect(fromClient: boolean, toClient: boolean): boolean {
  return fromClient || toClient;
}

/** Removes the attributes that have a meaning only inside the AS (RFC 4456 §8). */
export function unreflected(attributes: PathAttributes): PathAttributes {
  if (attributes.originatorId === undefined && attributes.clusterList === undefined) return attributes;
  const { originatorId: _originatorId, clusterList: _clusterList, ...rest } = attributes;
  return rest;
}

/** Returns the attributes of a reflected route: who brought it into the AS, and which clusters it has passed (RFC 4456 §8). */
export function reflected(attributes: PathAttributes, from: PeerSource, clusterId: RouterId): PathAttributes {
  return {
    ...attributes,
    originatorId: attributes.originatorId ?? from.routerId,
    clusterList: [clusterId, ...(attributes.clusterList ?? [])],
  };
}
