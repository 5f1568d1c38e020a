import { describe, expect, it } from 'vitest';
import { configOf, problemsOf } from './load-problems.ts';

const peeringOf = async (env: Record<string, string>, files?: Record<string, string>) =>
  (await configOf(env, files)).peering;
const fromFile = (text: string) => peeringOf({ AGENT_PROXY_CONFIG: '/c/p.yaml' }, { '/c/p.yaml': text });
const fileProblems = (text: string) => problemsOf({ AGENT_PROXY_CONFIG: '/c/p.yaml' }, { '/c/p.yaml': text });

const loopback = { host: '127.0.0.1', port: 3001, onLoopback: true };

describe('the listener', () => {
  it('is off unless a setting enables peering', async () => {
    expect(await peeringOf({ MASTRA_SERVERS: 'http://a' })).toBeUndefined();
    expect(await fromFile('asn: 65010')).toBeUndefined();
  });

  it.each(['BGP_ASN=65010', 'BGP_ROUTER_ID=10.0.0.1', 'BGP_PEERS=65002@http://localhost:3002', 'BGP_PEER_KEY=secret'])(
    'is on with %s',
    async (setting) => {
      const [name = '', value = ''] = setting.split('=');
      expect(await peeringOf({ [name]: value })).toMatchObject({
        listen: loopback,
        advertiseUrl: 'http://127.0.0.1:3001',
      });
    },
  );

  it('is on with peers in a config file', async () => {
    expect(await fromFile('peers: [65002@http://localhost:3002]')).toMatchObject({ listen: loopback });
  });

  it('is off if BGP_LISTEN is off, while peers are still dialled', async () => {
    const peering = await peeringOf({ BGP_LISTEN: 'off', BGP_PEERS: '65002@http://localhost:3002' });
    expect(peering).toMatchObject({ listen: undefined, advertiseUrl: undefined, peers: [{ asn: 65002 }] });
  });

  it('uses the port of MCP_SERVER_PORT unless BGP_LISTEN names one', async () => {
    expect(await peeringOf({ MCP_SERVER_PORT: '4000' })).toMatchObject({ listen: { ...loopback, port: 4000 } });
    const both = { MCP_SERVER_PORT: '4000', BGP_LISTEN: '[::1]:5000' };
    expect(await peeringOf(both)).toMatchObject({
      listen: { host: '::1', port: 5000, onLoopback: true },
      advertiseUrl: 'http://[::1]:5000',
    });
  });

  it('is required if a URL is advertised', async () => {
    const env = { BGP_LISTEN: 'off', BGP_ADVERTISE_URL: 'https://router.example' };
    expect(await problemsOf(env)).toEqual([
      'BGP_ADVERTISE_URL or advertiseUrl: is unreachable while BGP_LISTEN is off; remove it, or set BGP_LISTEN to host:port (got "https://router.example")',
    ]);
  });

  it('requires a key if other machines can reach it', async () => {
    expect(await problemsOf({ BGP_LISTEN: '0.0.0.0:3001' })).toEqual([
      'BGP_LISTEN or listen: is reachable from other machines without a key; set BGP_PEER_KEY, or listen on 127.0.0.1 (got "0.0.0.0:3001")',
    ]);
    expect(await peeringOf({ BGP_LISTEN: '0.0.0.0:3001', BGP_PEER_KEY: 'secret' })).toMatchObject({
      listen: { onLoopback: false },
      advertiseUrl: undefined,
      keyed: true,
    });
  });
});

describe('peers', () => {
  it('are rejected if one router is listed twice', async () => {
    const url = 'http://localhost:3002';
    const twice = `65002@${url} 65002@http://LOCALHOST:3002/`;
    expect(await problemsOf({ BGP_PEERS: twice })).toEqual([
      `BGP_PEERS: entry 2: duplicates the router of entry 1; list each router once (got "${twice}")`,
    ]);
    expect(await fileProblems(`peers:\n  - 65002@${url}\n  - { asn: 65002, url: "${url}" }`)).toEqual([
      `/c/p.yaml:3:24: peers[1].url: duplicates the router of peers[0]; list each router once (got "${url}")`,
    ]);
    expect(await fromFile('peers: [{ asn: 65002 }, { asn: 65002 }]')).toMatchObject({ peers: [{}, {}] });
  });

  it('are named after their AS, with a number if it has several routers', async () => {
    const peering = await peeringOf({
      BGP_PEERS: '65002@http://localhost:1 65002@http://localhost:2,65003@http://localhost:3',
    });
    expect(peering?.peers.map(({ name, url }) => [name, url])).toEqual([
      ['as65002', 'http://localhost:1'],
      ['as65002-2', 'http://localhost:2'],
      ['as65003', 'http://localhost:3'],
    ]);
  });

  it('use the group key unless they have their own', async () => {
    const peering = await fromFile(
      'peerKey: ours\npeers: [65002@http://localhost:1, {asn: 65003, url: "http://localhost:2", key: theirs}]',
    );
    expect(peering?.peers.map(({ key }) => key)).toEqual(['ours', 'theirs']);
  });

  it('accept further settings in a config file', async () => {
    const peering = await fromFile(`
peers:
  - asn: 65002
    name: core
    url: https://core.example
    key: secret
    maxRoutes: 10
    allowOrigins: [65002, 65003]
    allowAgents: [weather*]
    holdTimeSeconds: 30
    restartTimeSeconds: 60
    advertisementIntervalMs: 100
    policy: {import: [{match: {}, action: {action: reject}}]}
`);
    expect(peering?.peers[0]).toMatchObject({
      name: 'core',
      url: 'https://core.example',
      maxRoutes: 10,
      allowOrigins: [65002, 65003],
      allowAgents: ['weather*'],
      holdTimeSeconds: 30,
      restartTimeSeconds: 60,
      advertisementIntervalMs: 100,
      policy: { import: { statements: [{ action: 'reject' }] } },
    });
  });

  it('keep their ASNs, which no server is assigned', async () => {
    const { servers } = await configOf({ BGP_PEERS: '65001@http://localhost:1', MASTRA_SERVERS: 'http://a http://b' });
    expect(servers.map(({ asn }) => asn)).toEqual([65002, 65003]);
  });

  it.each([
    [
      'peers: [{url: "http://localhost:1"}]',
      '1:9: peers[0].asn: is missing; it must be a whole number from 1 to 4294967294',
    ],
    [
      'peers: [65002@http://router.example]',
      '1:9: peers[0]: must begin with https:// for a router on another machine, or set `insecure: true` for this peer in a config file (got "65002@http://router.example")',
    ],
    [
      'peers: [{asn: 65002, client: true}]',
      '1:30: peers[0].client: makes AS 65002 a client, but reflection works only inside one AS (RFC 4456); remove it, because routes between ASes are advertised anyway (got "true")',
    ],
    [
      'peers: [{asn: 65002, key: secret}, {asn: 65003}]',
      '1:36: peers[1]: has no key while other peers have one; give it a `key`, or set BGP_PEER_KEY',
    ],
    [
      'peers: [{asn: 65002, name: x}, {asn: 65003, name: x}]',
      '1:51: peers[1].name: has the name `x` of another peer; give each its own name (got "x")',
    ],
    [
      'peers: [{asn: 65002, holdTimeSeconds: 2}]',
      '1:39: peers[0].holdTimeSeconds: must be 0 (disabled) or at least 3 (got "2")',
    ],
    [
      'peers: [{asn: 65002, hold: 2}]',
      '1:22: peers[0].hold: is not a known key; known here: asn, name, url, key, policy, maxRoutes, maxBytes, allowOrigins, allowAgents, damping, client, passive, insecure, holdTimeSeconds, restartTimeSeconds, advertisementIntervalMs, nextHop, callers',
    ],
    [
      'peers: [65002@http://localhost:1]\npolicy: {decision: [med]}',
      '2:10: policy.decision: must hold "as-path" while there are peers',
    ],
    [
      'guests: [{asns: 65002}]\npolicy: {decision: [med]}',
      '2:10: policy.decision: must hold "as-path" while there are peers',
    ],
    [
      'peers: [{asn: 65002, policy: {compareMed: always}}]',
      '1:31: peers[0].policy.compareMed: is not allowed in the policy for one peer, because it applies to all; move it to the policy of the router',
    ],
  ])('%s is rejected', async (text, problem) => {
    expect(await fileProblems(text)).toEqual([`/c/p.yaml:${problem}`]);
  });

  it('require the AS path in the decision order of a policy file, which may omit it without peers', async () => {
    const files = { '/p.json': '{"decision": ["med"]}' };
    const env = { AGENT_ROUTING_POLICY: '/p.json' };
    expect(await problemsOf({ ...env, BGP_PEERS: '65002@http://localhost:1' }, files)).toEqual([
      '/p.json:1:2: decision: must hold "as-path" while there are peers',
    ]);
    expect(await problemsOf({ ...env, BGP_ASN: '65010' }, files)).toEqual([]);
  });

  it('may be admitted by a range of ASNs', async () => {
    expect(
      await fromFile('guests: [{asns: 64512-65534, key: secret, maxRoutes: 5}, {asns: 70000, key: other}]'),
    ).toMatchObject({
      listen: loopback,
      keyed: true,
      guests: [{ asns: { from: 64512, to: 65534 }, key: 'secret', maxRoutes: 5 }, { asns: { from: 70000, to: 70000 } }],
    });
    expect(await fileProblems('guests: [{asns: 5-4}]')).toEqual([
      '/c/p.yaml:1:17: guests[0].asns: must be a range of ASNs like 64512-65534 (got "5-4")',
    ]);
    expect(await fileProblems('guests: [{asns: 5}]\npeerKey: x\npeers: []')).toEqual([]);
    expect(await fileProblems('guests: [{asns: 5}, {asns: 6, key: x}]')).toEqual([
      'guests: have no key while others have one; give them a `key`, or set BGP_PEER_KEY',
    ]);
  });

  it('may receive the next hops of peers that accept their calls', async () => {
    const peers = (callers: string) =>
      `peers: [{asn: 65002, nextHop: unchanged}, {asn: 65003, url: "http://localhost:3", callers: ${callers}}]\nservers: []`;
    expect(await fromFile(peers('[65002]'))).toMatchObject({
      peers: [
        { nextHop: 'unchanged', callers: [] },
        { nextHop: 'self', callers: [65002] },
      ],
    });
    expect(await fileProblems(peers('[65009]'))).toEqual([
      '/c/p.yaml:1:31: peers[0].nextHop: would announce next hops of peers[1], which AS 65002 may not call; have AS 65002 added to ' +
        '`callers` there and set `callers: [65002]` at peers[1] here, or set `nextHop: self` (got "unchanged")',
    ]);
  });

  it.each([
    [
      'servers: [{url: "http://a", headers: {x: y}}]',
      /would announce servers\[0\], which accepts only calls with our headers/,
    ],
    ['guests: [{asns: 65100-65200}]', /would announce next hops of guests/],
    ['peers: [{asn: 65002, nextHop: other}]', /peers\[0\]\.nextHop: must be self or unchanged/],
  ])('must not receive next hops that they cannot call: %s', async (text, problem) => {
    const peers = text.startsWith('peers') ? '' : 'peers: [{asn: 65002, nextHop: unchanged}]\n';
    expect(await fileProblems(peers + text)).toEqual([expect.stringMatching(problem)]);
  });

  it('may call without a session if they are listed with a key', async () => {
    expect(await fromFile('callers: [{asn: 65002, key: secret}]')).toMatchObject({
      listen: loopback,
      keyed: true,
      callers: [{ asn: 65002, key: 'secret' }],
    });
    expect(await fromFile('callers: [{asn: 65002}]\npeerKey: common')).toMatchObject({
      callers: [{ asn: 65002, key: 'common' }],
    });
    expect(await fileProblems('callers: [{asn: 65002}]')).toEqual([
      'callers: has no key; give it a `key`, or set BGP_PEER_KEY (got "65002")',
    ]);
    expect(await fileProblems('callers: [{asn: 65002, key: x}]\nlisten: 0.0.0.0:3001')).toEqual([
      'callers: need the URL of this router; set `advertiseUrl` or BGP_ADVERTISE_URL',
    ]);
  });

  it('may announce allowed next hops, each with an optional key', async () => {
    const { egress } = await configOf(
      { AGENT_PROXY_CONFIG: '/c/p.yaml' },
      { '/c/p.yaml': 'allowNextHops: ["http://a/", {url: "http://b", key: secret}]' },
    );
    expect(egress.allowNextHops).toEqual([
      { url: 'http://a', key: undefined },
      { url: 'http://b', key: 'secret' },
    ]);
    expect(await fileProblems('allowNextHops: [{url: "ftp://b", key: secret}]')).toEqual([
      expect.stringMatching(/allowNextHops\[0\]\.url: must/),
    ]);
  });

  it('may use plain HTTP to another machine if they are marked insecure', async () => {
    expect(await fromFile('peers: [{asn: 65002, url: "http://router.example", insecure: true}]')).toMatchObject({
      peers: [{ insecure: true }],
    });
  });
});

describe('a key', () => {
  const fault =
    'is the name of a variable, which is not expanded here; write the key itself, or "${NAME}" in a config file';

  it.each([
    ['peerKey: $KEY', '1:10: peerKey'],
    ['peers: [{asn: 65002, key: $KEY}]', '1:27: peers[0].key'],
    ['guests: [{asns: 65002, key: $KEY}]', '1:29: guests[0].key'],
    ['callers: [{asn: 65002, key: $KEY}]', '1:29: callers[0].key'],
    ['allowNextHops: [{url: "http://a", key: $KEY}]', '1:40: allowNextHops[0].key'],
  ])('is rejected in %s if it is only the name of a variable', async (text, place) => {
    expect(await fileProblems(text)).toEqual([`/c/p.yaml:${place}: ${fault} (got "$KEY")`]);
  });

  it.each(['$KEY', '${KEY}'])(
    'is rejected in BGP_PEER_KEY if it is %s, because variables are not expanded there',
    async (written) => {
      expect(await problemsOf({ BGP_PEER_KEY: written })).toEqual([`BGP_PEER_KEY: ${fault} (got "${written}")`]);
    },
  );

  it('is never shown if it comes from a variable', async () => {
    const text = 'peers: [{asn: 65002, key: "${KEY}"}]';
    const problems = await problemsOf({ AGENT_PROXY_CONFIG: '/c/p.yaml', KEY: '$ecret' }, { '/c/p.yaml': text });
    expect(problems).toEqual([`/c/p.yaml:1:27: peers[0].key: ${fault} (got "\${KEY}")`]);
  });

  it('may contain a dollar sign', async () => {
    expect((await fromFile('peers: [{asn: 65002, key: a$KEY}]'))?.peers[0]?.key).toBe('a$KEY');
  });
});

describe('the operators’ key', () => {
  it('enables the listener and is no key for peers', async () => {
    expect(await fromFile('operators: {key: thirty letters}')).toMatchObject({
      listen: { host: '127.0.0.1', port: 3001 },
      keyed: false,
      operatorsKey: 'thirty letters',
    });
  });

  it.each([
    ['operators: {key: same}\npeers: [{asn: 65002, key: same}]'],
    ['operators: {key: same}\nguests: [{asns: 65002, key: same}]'],
    ['operators: {key: same}\ncallers: [{asn: 65002, key: same}]'],
    ['operators: {key: same}\npeerKey: same'],
  ])('is rejected if a peer or caller has it too: %j', async (text) => {
    expect(await fileProblems(text)).toEqual([
      'operators.key: is also the key of a peer or caller; give operators their own key',
    ]);
  });

  it('is rejected while the listener is off', async () => {
    expect(await fileProblems('listen: "off"\noperators: {key: thirty letters}')).toEqual([
      'operators.key: has no effect while BGP_LISTEN is off; remove it, or set BGP_LISTEN to host:port',
    ]);
  });
});
