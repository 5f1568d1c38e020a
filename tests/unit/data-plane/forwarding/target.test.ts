import { describe, expect, it } from 'vitest';
import { parseTarget } from '../../../../src/data-plane/forwarding/target.ts';

const isServer = (name: string): boolean => name === 'server0' || name === 'as65003' || name === 'cloud';

describe('a target', () => {
  it.each([
    ['weatherAgent', 'weatherAgent', undefined],
    ['server0:weatherAgent', 'weatherAgent', { kind: 'server', name: 'server0' }],
    ['as65002:weatherAgent', 'weatherAgent', { kind: 'as', asn: 65002 }],
    ['AS65002:weatherAgent', 'weatherAgent', { kind: 'as', asn: 65002 }],
    ['coding/typescript', 'coding/typescript', undefined],
    ['server0:coding/typescript', 'coding/typescript', { kind: 'server', name: 'server0' }],
    ['cloud:x', 'x', { kind: 'server', name: 'cloud' }],
    ['server9:x', 'x', { kind: 'server', name: 'server9' }],
    ['Server9:x', 'x', { kind: 'server', name: 'Server9' }],
    ['as65009:x', 'x', { kind: 'as', asn: 65009 }],
    ['as0:x', 'x', { kind: 'as', asn: 0 }],
    ['as99999999999:x', 'x', { kind: 'as', asn: 99999999999 }],
  ])('%s is parsed', (text, id, qualifier) => {
    expect(parseTarget(text, isServer)).toMatchObject({ id, qualifier });
  });

  it.each(['urn:agent:7', ':x', 'Cloud:x', 'asx:y', 'servers:y', 'as:y'])(
    '%s is one id, because no server or AS is named before its first colon',
    (text) => {
      expect(parseTarget(text, isServer)).toEqual({ id: text, qualifier: undefined });
    },
  );

  it('that reads as qualified may also be the whole id of one of our agents', () => {
    expect(parseTarget('as65009:x', isServer).literal).toBe('as65009:x');
    expect(parseTarget('weatherAgent', isServer).literal).toBeUndefined();
  });

  it('keeps every colon after the qualifier', () => {
    expect(parseTarget('server0:a:b', isServer).id).toBe('a:b');
  });

  it("names the server if a server's name looks like an AS", () => {
    expect(parseTarget('as65003:x', isServer).qualifier).toEqual({ kind: 'server', name: 'as65003' });
  });

  it.each([
    ['.', 'is a dot alone'],
    ['..', "contains '..'"],
    ['a/../b', "contains '..'"],
  ])('%j is rejected with its fault', (text, fault) => {
    expect(() => parseTarget(text, isServer)).toThrow(fault);
  });

  it.each(['', 'server0:', '../admin', 'a/../b', 'a\u0000b', 'line\nbreak', '~coding', 'x'.repeat(257)])(
    '%j is rejected as INVALID_AGENT_ID',
    (text) => {
      expect(() => parseTarget(text, isServer)).toThrow(expect.objectContaining({ code: 'INVALID_AGENT_ID' }));
    },
  );
});
