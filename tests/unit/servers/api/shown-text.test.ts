import { describe, expect, it } from 'vitest';
import { shownText } from '../../../../src/servers/api/shown-text.ts';

describe('text that is shown to a caller', () => {
  it.each([
    ['OpenAI said: Incorrect API key provided: sk-proj-abcdefghijklmnop', 'sk-proj-abcdefghijklmnop'],
    ['authorization: Bearer abcdef0123456789', 'abcdef0123456789'],
    ['Bearer abcdef0123456789 is not known', 'abcdef0123456789'],
    ['connect to postgres://user:hunter22@db failed', 'hunter22'],
    ['{"api_key":"0123456789"}', '0123456789'],
    ['password=correcthorse is wrong', 'correcthorse'],
    ['ghp_abcdefghijklmnopqrstuvwxyz was revoked', 'ghp_abcdefghijklmnopqrstuvwxyz'],
  ])('has no credential left (%s)', (text, secret) => {
    expect(shownText(text)).not.toContain(secret);
    expect(shownText(text)).toContain('[removed]');
  });

  it('keeps text that is not a credential', () => {
    expect(shownText('The token limit of 4096 is passed; see basic rules.')).toBe(
      'The token limit of 4096 is passed; see basic rules',
    );
  });

  it('has no stack trace, control or direction characters left', () => {
    expect(shownText('It broke\n    at run (/srv/a.js:1:2)\n    at async go (/srv/b.js:3:4)')).toBe('It broke');
    expect(shownText('It broke\r\n\n\tat run (/srv/a.js:1:2)')).toBe('It broke');
    expect(shownText('one\u0000two\u202Ethree\nfour')).toBe('one twothree four');
  });

  it.each([
    ['connect ECONNREFUSED 10.1.2.3:5432', 'connect ECONNREFUSED [private address]'],
    ['http://192.168.0.7/x and http://172.20.0.2:80/y', 'http://[private address]/x and http://[private address]/y'],
    ['at localhost:6379 or [::1]:6379', 'at [private address] or [private address]'],
    ['via fd00:1::7, 169.254.169.254', 'via [private address], [private address]'],
    ['at 8.8.8.8, 172.32.0.1, 110.1.2.3 and 10:30', 'at 8.8.8.8, 172.32.0.1, 110.1.2.3 and 10:30'],
    ['see std::10 and a::b, on localhost', 'see std::10 and a::b, on localhost'],
  ])('has no private address left: %s', (text, shown) => {
    expect(shownText(text)).toBe(shown);
  });

  it('is truncated', () => {
    expect(shownText('x'.repeat(10_000))).toHaveLength(500);
  });

  it.each([
    ['lines', '\n', 6_000],
    ['spaces', ' ', 200_000],
    ['dots', '.', 200_000],
  ])('takes little time for a long row of %s', (_, character, count) => {
    expect(shownText(`It broke${character.repeat(count)}x`)).toBe('It broke');
  });
});
