import type { AdminOptions } from './admin-options.ts';

/** Returns a summary of the router with warnings for its operator. */
export function status(
  { version, speaker, servers, followers, warnings }: AdminOptions,
  startedAt: number,
  sharedAsns: readonly string[],
): object {
  const { asn, routerId } = speaker.settings;
  const all = [...speaker.peers.values()];
  const differing = all
    .filter(({ session }) => session?.negotiated.sameDecision === false)
    .map(({ settings }) => `${settings.id} has another decision order than this router.`);
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
    warnings: [...warnings, ...differing, ...sharedAsns],
  };
}
