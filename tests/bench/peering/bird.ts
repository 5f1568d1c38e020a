import path from 'node:path';
import type { Daemon } from './daemon.ts';

export const bird: Daemon = {
  name: 'BIRD',
  program: 'bird',
  config: ({ address, port, asn, peers }) =>
    [
      `router id ${address};`,
      'ipv4 table nexthops;',
      'protocol device {}',
      ...peers.map((peer) =>
        [
          'protocol bgp {',
          `local ${address} port ${port} as ${asn};`,
          `neighbor ${peer.address} port ${port} as ${peer.asn};`,
          `passive ${peer.passive ? 'yes' : 'no'};`,
          'multihop; strict bind yes; connect delay time 1; connect retry time 1;',
          'ipv4 { import all; export all; next hop self; gateway recursive; igp table nexthops; };',
          '}',
        ].join(' '),
      ),
    ].join('\n'),
  args: ({ folder }, file) => ['-f', '-c', file, '-s', path.join(folder, 'control')],
  status: ({ folder }) => ['birdc', '-s', path.join(folder, 'control'), 'show', 'protocols', 'all'],
  sessions: (output) =>
    output
      .split(/\n(?=\S)/)
      .filter((block) => block.includes('Neighbor address'))
      .map((block) => ({
        peer: /Neighbor address: +(\S+)/.exec(block)?.[1] ?? '',
        isUp: /BGP state: +Established/.test(block),
        updatesSent: accepted('updates', block) + accepted('withdraws', block),
      })),
};

/** The last column of a row: what was sent. */
function accepted(what: string, block: string): number {
  return Number(new RegExp(`Export ${what}:.* (\\d+)\\n`).exec(block)?.[1] ?? 0);
}
