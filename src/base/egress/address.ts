import { BlockList, isIP } from 'node:net';

/** Kinds of special addresses (RFC 6890), which foreign routers and callers may not make this router call. */
type Kind = 'loopback' | 'link-local' | 'private' | 'shared' | 'unspecified' | 'multicast' | 'reserved' | 'metadata';

const V4: readonly (readonly [Kind, string, number])[] = [
  ['unspecified', '0.0.0.0', 8],
  ['private', '10.0.0.0', 8],
  ['metadata', '100.100.100.200', 32],
  ['shared', '100.64.0.0', 10],
  ['loopback', '127.0.0.0', 8],
  ['metadata', '169.254.169.254', 32],
  ['link-local', '169.254.0.0', 16],
  ['private', '172.16.0.0', 12],
  ['reserved', '192.0.0.0', 24],
  ['reserved', '192.0.2.0', 24],
  ['reserved', '192.88.99.0', 24],
  ['private', '192.168.0.0', 16],
  ['reserved', '198.18.0.0', 15],
  ['reserved', '198.51.100.0', 24],
  ['reserved', '203.0.113.0', 24],
  ['multicast', '224.0.0.0', 4],
  ['reserved', '240.0.0.0', 4],
];

const V6: readonly (readonly [Kind, string, number])[] = [
  ['unspecified', '::', 128],
  ['loopback', '::1', 128],
  ['metadata', 'fd00:ec2::254', 128],
  ['private', 'fc00::', 7],
  ['link-local', 'fe80::', 10],
  ['private', 'fec0::', 10],
  ['multicast', 'ff00::', 8],
  ['reserved', '2001::', 23],
  ['reserved', '2001:db8::', 32],
  ['reserved', '2002::', 16],
  ['reserved', '3fff::', 20],
];

const V4_LISTS = lists(V4, 'ipv4');
const V6_LISTS = lists(V6, 'ipv6');
const GLOBAL_V6 = lists([['reserved', '2000::', 3]], 'ipv6');

/**
 * Prefixes whose last 32 bits are the IPv4 address that receives the packet: mapped (RFC 4291) and NAT64 (RFC 6052).
 */
const EMBEDDING_V4 = lists(
  [
    ['reserved', '::ffff:0:0', 96],
    ['reserved', '64:ff9b::', 96],
  ],
  'ipv6',
);

/**
 * Returns the kind of a special IP address; undefined for a public one. Text that is not an address counts as reserved.
 */
export function specialAddress(ip: string): Kind | undefined {
  const [address = ''] = ip.split('%');
  switch (isIP(address)) {
    case 4:
      return kindIn(V4_LISTS, address, 'ipv4');
    case 6: {
      const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
      if (kindIn(EMBEDDING_V4, canonical, 'ipv6') !== undefined) return specialAddress(embeddedV4(canonical));
      if (kindIn(GLOBAL_V6, canonical, 'ipv6') === undefined) return kindIn(V6_LISTS, canonical, 'ipv6') ?? 'reserved';
      return kindIn(V6_LISTS, canonical, 'ipv6');
    }
    default:
      return 'reserved';
  }
}

/** Returns the IPv4 address in the last two groups of a canonical IPv6 address. */
function embeddedV4(canonical: string): string {
  const groups = canonical.split(':').slice(-2);
  return groups
    .map((group) => Number.parseInt(group === '' ? '0' : group, 16))
    .flatMap((value) => [value >> 8, value & 255])
    .join('.');
}

function lists(
  ranges: readonly (readonly [Kind, string, number])[],
  family: 'ipv4' | 'ipv6',
): readonly (readonly [Kind, BlockList])[] {
  return ranges.map(([kind, network, prefix]) => {
    const list = new BlockList();
    list.addSubnet(network, prefix, family);
    return [kind, list];
  });
}

function kindIn(
  ranges: readonly (readonly [Kind, BlockList])[],
  address: string,
  family: 'ipv4' | 'ipv6',
): Kind | undefined {
  return ranges.find(([, list]) => list.check(address, family))?.[0];
}
