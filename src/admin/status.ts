import type { Asn } from '../bgp/packet/asn.ts';
import { originAs } from '../bgp/packet/as-path.ts';
import type { Speaker } from '../bgp/state.ts';
import type { AdminOptions } from './admin-options.ts';

/** The router at a glance, and what its operator should know. */
export function status({ version, speaker, servers, followers, warnings }: AdminOptions, startedAt: number): object {
  const { asn, routerId } = speaker.settings;
  const all = [...speaker.peers.values()];
  const differing = all
    .filter(({ session }) => session?.negotiated.sameDecision === false)
    .map(({ settings }) => `${settings.id} decides in another order than this router.`);
  return {
    version,
    asn,
    routerId,
    uptimeSeconds: Math.round((Date.now() - startedAt) / 1_000),
    servers: {
      configured: [...servers()].length,
      online: [...servers()].filter(({ error }) => error === undefined).length,
    },
    peers: { configured: all.length, established: all.filter(({ session }) => session !== undefined).length },
    followers: followers(),
    destinations: speaker.locRib.size,
    warnings: [...warnings, ...differing, ...sharedAsns(speaker)],
  };
}

/** AS numbers of servers here that somebody else has too: private ones may be used by anyone (RFC 6996 §4). */
function sharedAsns(speaker: Speaker): string[] {
  const servers = new Map([...speaker.stubs.values()].map(({ stub }) => [stub.asn, stub.id]));
  const shared = new Set<Asn>();
  for (const { adjRibIn } of speaker.peers.values()) {
    for (const { received } of adjRibIn.values()) {
      const asn = originAs(received.asPath);
      if (asn !== undefined && servers.has(asn)) shared.add(asn);
    }
  }
  return [...shared].map((asn) => {
    const server = servers.get(asn);
    return `AS ${asn} is that of ${server} here and of somebody else: as${asn}: names ${server}. Give ${server} another asn.`;
  });
}
