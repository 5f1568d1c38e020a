import type { Config, PeeringConfig } from './config.ts';

/** Shorter keys can be guessed, because an eavesdropper can test guesses offline against one recorded proof. */
const MIN_KEY_LENGTH = 16;

/** Returns sentences about valid settings that an operator should review. */
export function warnings({ peering, policy: { compareMed } }: Config): readonly string[] {
  if (peering === undefined) return [];
  const { peers, guests, callers, operatorsKey } = peering;
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
      ? [`Peers share one key and can impersonate one another: ${grouped.join(', ')}. Give each its own.`]
      : []),
    ...shortKeys([
      ...peers.map(({ name, key }) => ({ key, of: name })),
      ...guests.map(({ asns: { from, to }, key }) => ({ key, of: `guests ${from}-${to}` })),
      ...callers.map(({ asn, key }) => ({ key, of: `caller ${asn}` })),
      { key: operatorsKey, of: 'operators' },
    ]),
    ...(insecure.length > 0 ? [`Calls to these peers are not encrypted: ${insecure.join(', ')}.`] : []),
    ...(unlimited.length > 1
      ? [
          `This router relays every call between ${unlimited.map(({ name }) => name).join(', ')}. To limit them, set allowOrigins, allowAgents or policy.`,
        ]
      : []),
    ...(compareMed === 'same-neighbor' ? oscillation(peers) : []),
  ];
}

/** Warns of persistent oscillation: a reflector may depend on routes that its clients cannot see (RFC 3345). */
function oscillation(peers: PeeringConfig['peers']): readonly string[] {
  const clients = peers.filter(({ client }) => client).map(({ name }) => name);
  if (clients.length === 0) return [];
  return [
    `With compareMed: same-neighbor and reflection to ${clients.join(', ')} routes may oscillate forever (RFC 3345). Remove compareMed.`,
  ];
}

function shortKeys(keys: readonly { readonly key: string | undefined; readonly of: string }[]): readonly string[] {
  const short = keys.filter(({ key }) => key !== undefined && key.length < MIN_KEY_LENGTH).map(({ of }) => of);
  if (short.length === 0) return [];
  return [
    `These keys are shorter than ${MIN_KEY_LENGTH} characters and could be guessed: ${short.join(', ')}. Use thirty random letters.`,
  ];
}
