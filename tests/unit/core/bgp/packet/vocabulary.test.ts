import { describe, expect, it } from 'vitest';
import { isAsn } from '../../../../../src/core/bgp/packet/asn.ts';
import { isCommunity, isReserved } from '../../../../../src/core/bgp/packet/community.ts';
import * as nlri from '../../../../../src/core/bgp/packet/nlri.ts';
import { notification, notificationName, NOTIFICATIONS } from '../../../../../src/core/bgp/packet/notification.ts';
import { compareRouterIds, isRouterId } from '../../../../../src/core/bgp/packet/router-id.ts';

describe('an ASN', () => {
  it.each([1, 23_456, 65_535, 4_294_967_294])('may be %i', (asn) => {
    expect(isAsn(asn)).toBe(true);
  });

  it.each([0, 4_294_967_295, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '65001', null])(
    'may not be %s (RFC 7607 §2, RFC 7300 §2)',
    (asn) => {
      expect(isAsn(asn)).toBe(false);
    },
  );
});

describe('a router id (RFC 6286 §2.1)', () => {
  it.each(['1.2.3.4', '0.0.0.1', '255.255.255.255'])('may be %s', (id) => {
    expect(isRouterId(id)).toBe(true);
  });

  it.each(['0.0.0.0', '1.2.3', '1.2.3.256', '01.2.3.4', '1.2.3.4 ', 'a.b.c.d', 16_909_060])('may not be %s', (id) => {
    expect(isRouterId(id)).toBe(false);
  });

  it.each([
    ['9.0.0.0', '10.0.0.0', -1],
    ['10.0.0.2', '10.0.0.10', -1],
    ['200.0.0.0', '100.255.255.255', 1],
    ['10.0.0.1', '10.0.0.1', 0],
  ])('is compared as an unsigned integer: %s, %s (RFC 4271 §6.8)', (a, b, order) => {
    expect(Math.sign(compareRouterIds(a, b))).toBe(order);
  });
});

describe('an NLRI (RFC 4760 §5)', () => {
  it.each([
    ['weatherAgent', 'agent', 'weatherAgent'],
    ['a/b', 'agent', 'a/b'],
    ['~coding/typescript', 'capability', 'coding/typescript'],
  ] as const)('carries its family: %s is the %s %s', (name, family, id) => {
    expect([nlri.familyOf(name), nlri.idOf(name)]).toEqual([family, id]);
    expect(family === 'agent' ? id : nlri.capabilityNlri(id)).toBe(name);
    expect(nlri.isNlri(name)).toBe(true);
  });

  it.each([
    ['', 'is empty'],
    ['a'.repeat(257), 'is longer than 256 characters'],
    ['~a', "begins with '~', which marks a capability"],
    ['.', 'is a dot alone, which a URL leaves out'],
    ['../x', "contains '..', which would climb out of a URL"],
  ])('of an agent may not be %j', (id, fault) => {
    expect(nlri.agentIdFault(id)).toBe(fault);
  });

  it.each([
    'a\nb',
    '\ud83d',
    'a\u202eb',
    'a\u200bb',
    'a\u{e0041}',
    '\u200da',
    'a\u009b',
    'a\ue000',
    'a\u2028b',
    'a\u3164',
  ])('of an agent may not be %j, which cannot be shown', (id) => {
    expect(nlri.agentIdFault(id)).toBe('contains a control character, or another that cannot be shown');
  });

  const told = [
    'weather agent',
    'a/b?c#d%',
    'as1:b',
    '天気',
    'می\u200cدانم',
    '👩\u200d💻',
    'one two three four',
    'a'.repeat(128),
  ];
  const ours = ['a  b', ' a', 'a\u00a0b', 'one two three four five', 'a'.repeat(129), 'a'.repeat(256)];

  it.each([...told, ...ours])('of an agent may be %j', (id) => {
    expect(nlri.agentIdFault(id)).toBeUndefined();
  });

  it('is told to others only if it is short and of few words', () => {
    for (const id of told) expect(nlri.isNlri(id)).toBe(true);
    for (const id of ours) expect(nlri.isNlri(id)).toBe(false);
  });

  it.each([
    ['coding', 'coding'],
    ['coding/typescript', 'coding/typescript'],
    ['coding/*', 'coding'],
    ['*', undefined],
    ['/*', undefined],
    ['//', undefined],
    ['', undefined],
    ['a//b', undefined],
    ['a/../b', undefined],
    ['a b', undefined],
    ['a/*/b', undefined],
    ['a\u200bb', undefined],
    ['a\u00a0b', undefined],
    ['a\\b', undefined],
    ['a~b', undefined],
    ['می\u200cدانم', 'می\u200cدانم'],
    ['1/2/3/4/5/6/7/8', '1/2/3/4/5/6/7/8'],
    ['1/2/3/4/5/6/7/8/9', undefined],
    ['a'.repeat(100), 'a'.repeat(100)],
    ['a'.repeat(101), undefined],
  ])('of a capability comes from %j as %j', (text, path) => {
    expect(nlri.capabilityPath(text)).toBe(path);
  });

  it.each(['~coding/*', '~*', '~//', '~', '', 7, null])('is not %j', (value) => {
    expect(nlri.isNlri(value)).toBe(false);
  });

  it('is of a known family', () => {
    expect(['agent', 'capability', 'tool', 1].map(nlri.isFamily)).toEqual([true, true, false, false]);
  });
});

describe('a community (RFC 1997)', () => {
  it.each(['no-export', 'region:eu', '65100:1', 'می\u200cدانم', '天気', 'a'.repeat(128)])('may be %j', (text) => {
    expect(isCommunity(text)).toBe(true);
  });

  it.each(['', 'a b', 'a\u00a0b', 'a\u200bb', 'a\u202eb', 'a\u001b', '\u{e0041}', 'a\u200c', 'a'.repeat(129), 7, null])(
    'may not be %j',
    (value) => {
      expect(isCommunity(value)).toBe(false);
    },
  );
});

describe('a community that a stranger may not claim (RFC 7454 §11)', () => {
  it.each([
    ['internal', true],
    ['server:server0', true],
    ['as:65001', true],
    ['gold', true],
    ['no-export', false],
    ['region:eu', false],
    ['internal:x', false],
  ])('%s: %s', (community, reserved) => {
    expect(isReserved(community, ['gold'])).toBe(reserved);
  });
});

describe('a NOTIFICATION (RFC 4271 §4.5)', () => {
  it.each([
    ['unsupported-version', 2, 1],
    ['hold-timer-expired', 4, 0],
    ['unexpected-message-in-established', 5, 3],
    ['connection-collision', 6, 7],
  ] as const)('%s is %i/%i', (name, code, subcode) => {
    expect(notification(name)).toEqual({ type: 'notification', code, subcode });
    expect(notificationName(code, subcode)).toBe(name);
  });

  it('may say more in words', () => {
    expect(notification('bad-peer-as', 'AS 1')).toEqual({ type: 'notification', code: 2, subcode: 2, reason: 'AS 1' });
  });

  it('has one name for each pair of numbers', () => {
    const pairs = Object.values(NOTIFICATIONS).map((pair) => pair.join('/'));
    expect(new Set(pairs).size).toBe(pairs.length);
    expect(notificationName(99, 0)).toBeUndefined();
  });
});
