import { createHmac, randomBytes } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { isRouterId, type RouterId } from '../../core/bgp/packet/router-id.ts';
import type { UserSecret } from './user-secret.ts';

/**
 * Returns the router id of a router without a configured one. It depends only on the user, machine and listen address.
 * Without a listener it is random.
 */
export function routerIdOf(
  listen: { readonly host: string; readonly port: number } | undefined,
  secret: UserSecret,
): RouterId {
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
