import { createHmac, randomBytes } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { isRouterId, type RouterId } from '../bgp/packet/router-id.ts';
import type { Config } from '../config/config.ts';
import type { UserSecret } from './copies.ts';

/**
 * The router id: configured, or the same with every start and every copy for one user, machine and listen address, or
 * drawn where nobody listens.
 */
export function routerIdOf({ routerId, peering }: Config, secret: UserSecret): RouterId {
  if (routerId !== undefined) return routerId;
  const listen = peering?.listen;
  const bytes =
    listen === undefined
      ? randomBytes(4)
      : createHmac('sha256', secret.ok ? secret.secret : userInfo().username)
          .update(JSON.stringify([hostname(), listen.host, listen.port]))
          .digest()
          .subarray(0, 4);
  const quad = bytes.join('.');
  return isRouterId(quad) ? quad : '0.0.0.1';
}
