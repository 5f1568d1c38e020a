import type { Daemon } from './daemon.ts';

interface ShownNeighbor {
  readonly state: {
    readonly neighbor_address: string;
    readonly session_state?: number;
    readonly messages?: { readonly sent?: { readonly update?: number } };
  };
}

const ESTABLISHED = 6;

/** It takes no route whose next hop is on loopback: every route gets another. */
const NEXT_HOP = [
  '[global.apply-policy.config]',
  'export-policy-list = ["next-hop"]',
  'default-export-policy = "accept-route"',
  '[[policy-definitions]]',
  'name = "next-hop"',
  '[[policy-definitions.statements]]',
  'name = "all"',
  '[policy-definitions.statements.actions]',
  'route-disposition = "accept-route"',
  '[policy-definitions.statements.actions.bgp-actions]',
  'set-next-hop = "10.0.0.1"',
];

export const gobgp: Daemon = {
  name: 'GoBGP',
  program: 'gobgpd',
  config: ({ address, port, asn, peers }) =>
    [
      '[global.config]',
      `as = ${asn}`,
      `router-id = "${address}"`,
      `port = ${port}`,
      `local-address-list = ["${address}"]`,
      ...NEXT_HOP,
      ...peers.flatMap((peer) => [
        '[[neighbors]]',
        '[neighbors.config]',
        `neighbor-address = "${peer.address}"`,
        `peer-as = ${peer.asn}`,
        '[neighbors.transport.config]',
        `local-address = "${address}"`,
        `remote-port = ${port}`,
        `passive-mode = ${peer.passive}`,
        '[neighbors.ebgp-multihop.config]',
        'enabled = true',
        'multihop-ttl = 255',
        '[neighbors.timers.config]',
        'connect-retry = 1',
        'idle-hold-time-after-reset = 1',
      ]),
    ].join('\n'),
  args: ({ address, controlPort }, file) => [
    ...['-f', file, '-t', 'toml', '--pprof-disable'],
    ...['--log-level', 'error', '--api-hosts', `${address}:${controlPort}`],
  ],
  status: ({ address, controlPort }) => ['gobgp', '-u', address, '-p', String(controlPort), '-j', 'neighbor'],
  sessions: (output) =>
    (JSON.parse(output) as ShownNeighbor[]).map(({ state }) => ({
      peer: state.neighbor_address,
      isUp: state.session_state === ESTABLISHED,
      updatesSent: state.messages?.sent?.update ?? 0,
    })),
};
