import { describe, expect, it } from 'vitest';
import { parseTarget } from '../../../src/forwarding/target.ts';

const known = {
  isServer: (name: string) => name === 'server0' || name === 'as65003',
  isAs: (asn: number) => asn === 65002 || asn === 65003,
};

describe('a target', () => {
  it.each([
    ['weatherAgent', 'weatherAgent', undefined],
    ['server0:weatherAgent', 'weatherAgent', { kind: 'server', name: 'server0' }],
    ['as65002:weatherAgent', 'weatherAgent', { kind: 'as', asn: 65002 }],
    ['AS65002:weatherAgent', 'weatherAgent', { kind: 'as', asn: 65002 }],
    ['coding/typescript', 'coding/typescript', undefined],
    ['server0:coding/typescript', 'coding/typescript', { kind: 'server', name: 'server0' }],
  ])('%s is read as it is meant', (text, id, qualifier) => {
    expect(parseTarget(text, known)).toEqual({ id, qualifier });
  });

  it.each(['server9:weatherAgent', 'as65009:weatherAgent', 'as0:x', 'as99999999999:x', 'urn:agent:7', ':x'])(
    '%s is an id as a whole, because no known server or AS stands before its first colon',
    (text) => {
      expect(parseTarget(text, known)).toEqual({ id: text, qualifier: undefined });
    },
  );

  it('keeps every colon after the qualifier', () => {
    expect(parseTarget('server0:a:b', known).id).toBe('a:b');
  });

  it('names the server where a server is called like an AS', () => {
    expect(parseTarget('as65003:x', known).qualifier).toEqual({ kind: 'server', name: 'as65003' });
  });

  it.each([
    ['.', 'is a dot alone'],
    ['..', "contains '..'"],
    ['a/../b', "contains '..'"],
  ])('%j is refused for what it is', (text, fault) => {
    expect(() => parseTarget(text, known)).toThrow(fault);
  });

  it.each(['', 'server0:', '../admin', 'a/../b', 'a\u0000b', 'line\nbreak', '~coding', 'x'.repeat(257)])(
    '%j is refused as INVALID_AGENT_ID',
    (text) => {
      expect(() => parseTarget(text, known)).toThrow(expect.objectContaining({ code: 'INVALID_AGENT_ID' }));
    },
  );
});
