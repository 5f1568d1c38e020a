import { describe, expect, it } from 'vitest';
import { specialAddress } from '../../../../src/base/egress/address.ts';

const TABLE: readonly (readonly [address: string, kind: string | undefined])[] = [
  ['8.8.8.8', undefined],
  ['1.1.1.1', undefined],
  ['172.15.255.255', undefined],
  ['172.32.0.1', undefined],
  ['100.63.255.255', undefined],
  ['100.128.0.1', undefined],
  ['192.169.0.1', undefined],
  ['2606:4700:4700::1111', undefined],
  ['64:ff9b::808:808', undefined],
  ['::ffff:8.8.8.8', undefined],
  ['0.0.0.0', 'unspecified'],
  ['0.1.2.3', 'unspecified'],
  ['10.1.2.3', 'private'],
  ['100.64.0.1', 'shared'],
  ['100.127.255.255', 'shared'],
  ['100.100.100.200', 'metadata'],
  ['127.0.0.1', 'loopback'],
  ['127.255.255.254', 'loopback'],
  ['169.254.169.254', 'metadata'],
  ['169.254.1.1', 'link-local'],
  ['172.16.0.1', 'private'],
  ['172.31.255.255', 'private'],
  ['192.0.0.8', 'reserved'],
  ['192.168.1.1', 'private'],
  ['198.19.0.1', 'reserved'],
  ['224.0.0.1', 'multicast'],
  ['255.255.255.255', 'reserved'],
  ['::', 'unspecified'],
  ['::1', 'loopback'],
  ['0:0:0:0:0:0:0:1', 'loopback'],
  ['::ffff:127.0.0.1', 'loopback'],
  ['::ffff:7f00:1', 'loopback'],
  ['::ffff:0.0.0.0', 'unspecified'],
  ['::ffff:169.254.169.254', 'metadata'],
  ['::127.0.0.1', 'reserved'],
  ['64:ff9b::7f00:1', 'loopback'],
  ['64:ff9b::10.0.0.1', 'private'],
  ['64:ff9b::', 'unspecified'],
  ['64:ff9b:1::1', 'reserved'],
  ['fd00::1', 'private'],
  ['fd00:ec2::254', 'metadata'],
  ['fc00::1', 'private'],
  ['fe80::1', 'link-local'],
  ['fe80::1%eth0', 'link-local'],
  ['ff02::1', 'multicast'],
  ['2001:db8::1', 'reserved'],
  ['2001::1', 'reserved'],
  ['2002:7f00:1::', 'reserved'],
  ['100::1', 'reserved'],
  ['localhost', 'reserved'],
  ['0177.0.0.1', 'reserved'],
  ['', 'reserved'],
];

describe('the judge of addresses', () => {
  it.each(TABLE)('takes %s for %s', (address, kind) => {
    expect(specialAddress(address)).toBe(kind);
  });

  it.each(['2130706433', '0x7f000001', '0177.0.0.1', '127.1', '0x7f.1'])(
    'sees through %s, because a URL has only one way to write an IPv4 address',
    (host) => {
      expect(specialAddress(new URL(`http://${host}/`).hostname)).toBe('loopback');
    },
  );
});
