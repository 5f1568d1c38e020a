import { describe, expect, it } from 'vitest';
import { configOf, fileConfig, fileProblems, problemsOf } from './load-problems.ts';

const named = async (value: string): Promise<readonly string[]> =>
  (await configOf({ MASTRA_SERVERS: value })).servers.map(({ name, url, asn }) => `${name} ${url} ${asn}`);

describe('MASTRA_SERVERS', () => {
  it.each([
    ['http://a:1', ['server0 http://a:1 65001']],
    ['http://a:1 http://b:2', ['server0 http://a:1 65001', 'server1 http://b:2 65002']],
    [
      ' http://a:1,http://b:2 , http://c:3\n',
      ['server0 http://a:1 65001', 'server1 http://b:2 65002', 'server2 http://c:3 65003'],
    ],
    [
      'cloud=https://a.example/mastra/ http://b:2',
      ['cloud https://a.example/mastra 65001', 'server1 http://b:2 65002'],
    ],
    ['HTTP://LOCALHOST:80/', ['server0 http://localhost 65001']],
    ['http://a/x=y', ['server0 http://a/x=y 65001']],
    ['http://[::1]:4111', ['server0 http://[::1]:4111 65001']],
    ['none', []],
  ])('%j is parsed', async (value, servers) => {
    expect(await named(value)).toEqual(servers);
  });

  const scheme = 'must begin with http:// or https://, like http://localhost:4111';
  const name = 'must be 1 to 64 letters, digits, `.`, `_` or `-`';
  it.each([
    ['localhost:4111', `entry 1: the URL ${scheme} (got "localhost:4111")`],
    ['ftp://a', `entry 1: the URL ${scheme} (got "ftp://a")`],
    ['http:a', `entry 1: the URL ${scheme} (got "http:a")`],
    ['http://', 'entry 1: the URL has no host; write it like http://localhost:4111 (got "http://")'],
    ['http:///a', 'entry 1: the URL has no host; write it like http://localhost:4111 (got "http:///a")'],
    ['http://a:99999', 'entry 1: the URL is not a URL; write it like http://localhost:4111 (got "http://a:99999")'],
    [
      'http://a:0',
      'entry 1: the URL has port 0, on which no server can listen; write the real port (got "http://a:0")',
    ],
    [
      'http://a\\b',
      'entry 1: the URL must not contain spaces, backslashes or control characters (got "http://a\\\\b")',
    ],
    [
      'http://me:secret@a',
      'entry 1: the URL must not contain a user or password; set `headers` in a config file (AGENT_PROXY_CONFIG) (got "http://***@a")',
    ],
    [
      'http://a?key=secret',
      'entry 1: the URL must not contain `?` or `#`; a base URL has only an origin and a path (got "http://a?***")',
    ],
    [
      'http://a/#x',
      'entry 1: the URL must not contain `?` or `#`; a base URL has only an origin and a path (got "http://a/?***")',
    ],
    ['=http://a', `entry 1: the name before \`=\` ${name} (got "=http://a")`],
    ['a:b=http://a', `entry 1: the name before \`=\` ${name} (got "a:b=http://a")`],
    [
      'as65002=http://a',
      'entry 1: the name before `=` looks like an AS, as in `as65002:agent`; choose another name (got "as65002=http://a")',
    ],
    ['my server=http://a', `entry 1: the URL ${scheme} (got "my")`],
    ['a=', `entry 1: the URL ${scheme} (got "a=")`],
    ['none http://a', 'entry 1: `none` must be the only item; remove it or the others (got "none")'],
    [',', 'entry 1: lists no URL; write at least one, or `none` for a router without servers of its own (got ",")'],
    ['http://a http://A:80/', 'entry 2: has the same URL as entry 1; list each server once (got "http://A:80/")'],
    ['x=http://a x=http://b', 'entry 2: has the name `x` of entry 1; give each its own name (got "x=http://b")'],
    [
      'server1=http://a http://b',
      'entry 2: gets from its position the name `server1` of entry 1; give each its own name (got "http://b")',
    ],
  ])('%j is rejected', async (value, problem) => {
    expect(await problemsOf({ MASTRA_SERVERS: value })).toEqual([`MASTRA_SERVERS: ${problem}`]);
  });

  it('reports all of its problems', async () => {
    expect(await problemsOf({ MASTRA_SERVERS: 'as1=ftp://x a http://b http://b' })).toHaveLength(4);
  });

  it('overrides the servers of the config file', async () => {
    const file = 'servers: [{name: filed, url: http://filed}]';
    const { servers } = await fileConfig(file, { MASTRA_SERVERS: 'set=http://set' });
    expect(servers.map(({ name }) => name)).toEqual(['set']);
  });
});

describe('ASNs of servers', () => {
  it('skip the ASN of the router', async () => {
    const { servers } = await configOf({ BGP_ASN: '65001', MASTRA_SERVERS: 'http://a http://b' });
    expect(servers.map(({ asn }) => asn)).toEqual([65002, 65003]);
  });

  it('skip configured ASNs', async () => {
    const { servers } = await fileConfig('servers: [{url: http://a}, {url: http://b, asn: 65001}, {url: http://c}]');
    expect(servers.map(({ asn }) => asn)).toEqual([65002, 65001, 65003]);
  });

  it('continue at 4200000000 after 65534 (RFC 6996 §5)', async () => {
    const urls = Array.from({ length: 536 }, (_, index) => `http://host${index}`);
    const { servers } = await configOf({ MASTRA_SERVERS: urls.join(',') });
    expect(servers.slice(-4).map(({ asn }) => asn)).toEqual([65533, 65534, 4200000000, 4200000001]);
  });

  it.each([
    [
      'asn: 65010\nservers:\n  - {url: http://a, asn: 65010}',
      '/etc/proxy.yaml:3:26: servers[0].asn: has the router\'s own ASN 65010; set another, or remove it to have one assigned (got "65010")',
    ],
    [
      'servers:\n  - {url: http://a, asn: 65010}\n  - {url: http://b, asn: 65010}',
      '/etc/proxy.yaml:3:26: servers[1].asn: has the ASN 65010 of servers[0]; give each its own ASN, or remove it (got "65010")',
    ],
    [
      'servers:\n  - {url: http://a, name: x}\n  - {url: http://b, name: x}',
      '/etc/proxy.yaml:3:27: servers[1].name: has the name `x` of servers[0]; give each its own name (got "x")',
    ],
    [
      'servers:\n  - {url: http://a, name: server1}\n  - url: http://b',
      '/etc/proxy.yaml:3:5: servers[1]: gets from its position the name `server1` of servers[0]; give each its own name',
    ],
    [
      'servers:\n  - url: http://a\n  - url: http://a/',
      '/etc/proxy.yaml:3:10: servers[1].url: has the same URL as servers[0]; list each server once (got "http://a/")',
    ],
  ])('must be unique, as names and URLs must: %j', async (text, problem) => {
    expect(await fileProblems(text)).toEqual([problem]);
  });
});
