import type { Daemon } from './daemon.ts';

interface ShownNeighbor {
  readonly bgpState: string;
  readonly messageStats: { readonly updatesSent: number };
}

export const frr: Daemon = {
  name: 'FRR',
  program: '/usr/lib/frr/bgpd',
  config: ({ address, port, asn, peers }) =>
    [
      `router bgp ${asn}`,
      `bgp router-id ${address}`,
      'bgp allow-martian-nexthop',
      'no bgp ebgp-requires-policy',
      'coalesce-time 0',
      ...peers.flatMap((peer) => {
        const neighbor = `neighbor ${peer.address}`;
        return [
          `${neighbor} remote-as ${peer.asn}`,
          `${neighbor} port ${port}`,
          `${neighbor} update-source ${address}`,
          `${neighbor} disable-connected-check`,
          `${neighbor} advertisement-interval 0`,
          `${neighbor} timers connect 1`,
          ...(peer.passive ? [`${neighbor} passive`] : []),
        ];
      }),
    ].join('\n'),
  args: ({ address, port, folder }, file) => [
    ...['-S', '-Z', '-n', '-l', address, '-p', String(port), '-A', address, '-P', '0'],
    ...['-f', file, '-i', `${folder}/pid`, '--vty_socket', folder, '--log', `file:${folder}/log`],
  ],
  status: ({ folder }) => ['vtysh', '--vty_socket', folder, '-d', 'bgpd', '-c', 'show bgp neighbors json'],
  sessions: (output) =>
    Object.entries(JSON.parse(output) as Record<string, ShownNeighbor>).map(([peer, shown]) => ({
      peer,
      isUp: shown.bgpState === 'Established',
      updatesSent: shown.messageStats.updatesSent,
    })),
};
