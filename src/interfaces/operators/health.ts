import type { AdminOptions } from './admin-options.ts';

/** Returns the health of the router: `degraded` if a server or peer is down, else `ok`. */
export function health({ speaker, servers }: Pick<AdminOptions, 'speaker' | 'servers'>): object {
  const shownServers = [...servers()].map(({ name, error }) => ({
    name,
    status: error === undefined ? 'online' : 'error',
    ...(error !== undefined && { error }),
  }));
  const shownPeers = [...speaker.peers].map(([name, { session }]) => ({
    name,
    status: session === undefined ? 'down' : 'established',
  }));
  const isWell =
    shownServers.every((server) => server.status === 'online') &&
    shownPeers.every((peer) => peer.status === 'established');
  return { status: isWell ? 'ok' : 'degraded', servers: shownServers, peers: shownPeers };
}
