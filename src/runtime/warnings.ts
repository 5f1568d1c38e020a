import type { PeeringConfig } from '../config/config.ts';

/** What is allowed but should be known, in whole sentences. */
export function warnings({ peers }: PeeringConfig): readonly string[] {
  const keys = peers.map(({ key }) => key);
  const grouped = peers
    .filter(({ key }) => key !== undefined && keys.indexOf(key) !== keys.lastIndexOf(key))
    .map(({ name }) => name);
  const insecure = peers.filter(({ insecure: unsafe }) => unsafe).map(({ name }) => name);
  const unlimited = peers.filter(
    ({ allowOrigins, allowAgents, policy }) => (allowOrigins ?? allowAgents ?? policy) === undefined,
  );
  return [
    ...(grouped.length > 0
      ? [`Peers share one key and could pose as one another: ${grouped.join(', ')}. Give each its own.`]
      : []),
    ...(insecure.length > 0 ? [`Calls to these peers are not encrypted: ${insecure.join(', ')}.`] : []),
    ...(unlimited.length > 1
      ? [
          `This router carries any call between ${unlimited.map(({ name }) => name).join(', ')}: limit them by allowOrigins, allowAgents or policy if it should not.`,
        ]
      : []),
  ];
}
