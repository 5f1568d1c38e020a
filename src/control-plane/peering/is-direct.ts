import { isIP } from 'node:net';
import type { IncomingMessage } from 'node:http';

/**
 * Headers that proxies, tunnels and load balancers add to describe the original client. A client that connects directly
 * has no reason to send one.
 */
const ADDED_BY_PROXIES =
  /^(?:forwarded|via|x-forwarded(?:-.*)?|x-real-ip|x-client-ip|x-cluster-client-ip|x-original-.*|x-envoy-.*|x-proxy.*|client-ip|true-client-ip|cdn-loop|cf-.*|fastly-.*|fly-.*|ngrok-.*|tailscale-.*)$/;

/**
 * Returns true if a request to a loopback listener was sent by this machine itself. A request that names another host,
 * or that a proxy has marked, may come from anywhere. HTTP/1.0 counts as a mark. By default nginx uses it for upstream
 * servers, names this host and adds no header. Clients have long stopped using it.
 */
export function isDirect({ headers, httpVersion }: Pick<IncomingMessage, 'headers' | 'httpVersion'>): boolean {
  if (httpVersion === '1.0' || !isLoopbackHost(headers.host)) return false;
  return !Object.keys(headers).some((name) => ADDED_BY_PROXIES.test(name));
}

function isLoopbackHost(host: string | undefined): boolean {
  const name = URL.parse(`http://${host ?? ''}`)?.hostname;
  if (name === undefined) return false;
  return name === 'localhost' || name === '[::1]' || (isIP(name) === 4 && name.startsWith('127.'));
}
