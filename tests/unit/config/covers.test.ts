import { describe, expect, it } from 'vitest';
import { covers } from '../../../src/config/covers.ts';

describe('a list of what may be called', () => {
  it.each([
    ['http://a:1', 'http://a:1/', true],
    ['http://a:1', 'http://a:1/api/agents', true],
    ['http://a:1/x', 'http://a:1/x/api', true],
    ['http://a:1/x', 'http://a:1/xy', false],
    ['http://a:1/x', 'http://a:1/', false],
    ['http://a:1', 'https://a:1/', false],
    ['http://a:1', 'http://a:12/', false],
    ['http://a', 'http://a.evil.example/', false],
    ['http://a', 'http://evil.example/?http://a/', false],
    ['a.example', 'https://A.example:9/x', true],
    ['a.example', 'https://b.a.example/', false],
    ['10.0.0.1', 'http://10.0.0.1:4111/', true],
    ['10.0.0.1', 'http://10.0.0.2:4111/', false],
    ['10.0.0.0/8', 'http://10.9.9.9/', true],
    ['10.0.0.0/8', 'http://11.0.0.1/', false],
    ['10.0.0.0/8', 'http://0x0a000001/', true],
    ['::1', 'http://[::1]:4111/', true],
    ['fd00::/8', 'http://[fd12::1]/', true],
    ['fd00::/8', 'http://[fe80::1]/', false],
  ])('%s covers %s: %s', (item, url, covered) => {
    expect(covers([item])(new URL(url))).toBe(covered);
  });

  it('covers nothing when it is empty', () => {
    expect(covers([])(new URL('http://a'))).toBe(false);
  });
});
