import { createHash, randomBytes } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { isRouterId, type RouterId } from '../bgp/packet/router-id.ts';
import type { Config } from '../config/config.ts';

/** The router id: configured, or the same with every start for one user and listener, or drawn where nobody listens. */
export function routerIdOf({ asn, routerId, peering }: Config): RouterId {
  if (routerId !== undefined) return routerId;
  const listen = peering?.listen;
  const bytes =
    listen === undefined
      ? randomBytes(4)
      : createHash('sha256')
          .update([hostname(), userInfo().username, asn, listen.host, listen.port].join('\0'))
          .digest()
          .subarray(0, 4);
  const quad = bytes.join('.');
  return isRouterId(quad) ? quad : '0.0.0.1';
}
