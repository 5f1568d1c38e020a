import type { PeerDraft } from './peer-draft.ts';
import type { Problem } from './problem.ts';
import type { ServerDraft } from './server-draft.ts';

/** Reports peers with `nextHop: unchanged` that could not call the next hops they would receive. */
export function nextHopProblems(
  peers: readonly PeerDraft[],
  hasGuests: boolean,
  servers: readonly ServerDraft[],
): readonly Problem[] {
  const closed = servers.filter(({ headers }) => Object.keys(headers).length > 0).map(({ label }) => label);
  return peers
    .filter(({ nextHop }) => nextHop === 'unchanged')
    .flatMap((peer) => faults(peer, peers, closed, hasGuests).map((message) => peer.problem('nextHop', message)));
}

function faults(
  peer: PeerDraft,
  peers: readonly PeerDraft[],
  closedServers: readonly string[],
  hasGuests: boolean,
): readonly string[] {
  const { asn } = peer;
  const closed = peers
    .filter((other) => other.asn !== asn && other.url !== undefined && other.callers?.includes(asn) !== true)
    .map(({ label }) => label);
  return [
    ...(closed.length > 0
      ? [
          `would announce next hops of ${closed.join(', ')}, which AS ${asn} may not call; have AS ${asn} added to ` +
            `\`callers\` there and set \`callers: [${asn}]\` at ${closed.join(', ')} here, or set \`nextHop: self\``,
        ]
      : []),
    ...(closedServers.length > 0
      ? [`would announce ${closedServers.join(', ')}, which accepts only calls with our headers; set \`nextHop: self\``]
      : []),
    ...(hasGuests
      ? [
          'would announce next hops of guests, whose callers are unknown; set `nextHop: self`, or list the guests as peers',
        ]
      : []),
  ];
}
