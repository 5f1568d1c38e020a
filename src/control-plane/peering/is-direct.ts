import { isIP } from 'node:net';
import type { IncomingMessage } from 'node:http';

/**
 * Headers that proxies, tunnels and load balancers add, so that what is behind them learns for whom they ask. A client that
 * speaks to us directly has no reason to send one.
 */
const ADDED_BY_PROXIES =
  /^(?:forwarded|via|x-forwarded(?:-.*)?|x-real-ip|x-client-ip|x-cluster-client-ip|x-original-.*|x-envoy-.*|x-proxy.*|client-ip|true-client-ip|cdn-loop|cf-.*|fastly-.*|fly-.*|ngrok-.*|tailscale-.*)$/;

/**
 * True if a request to a loopback listener was sent by this machine itself. One that names another host, or that a proxy has
 * marked, comes from anywhere. HTTP/1.0 counts as a mark: nginx speaks it to what is behind it unless told otherwise, names
 * this host there and adds no header, while clients have long stopped using it.
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
