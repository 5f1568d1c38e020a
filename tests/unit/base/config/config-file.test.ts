import { describe, expect, it } from 'vitest';
import { ACCEPT_ALL } from '../../../../src/core/bgp/policy/policy.ts';
import { configOf, fileConfig, fileProblems, problemsOf } from './load-problems.ts';

const at = (place: string): string => `/etc/proxy.yaml:${place}`;
const notYet = 'selects MCP over HTTP, which this version does not support; remove';

const everything = `
servers:
  - name: cloud
    url: https://agents.example.com/mastra/
    asn: 65100
    headers: {Authorization: "Bearer \${TOKEN}"}
    capabilities: [coding/typescript/*]
    communities: [no-export]
    region: eu
    localPref: 0
    description: The cloud
  - url: \${LOCAL:-http://localhost:4111}
policy:
  import: [{match: {}, action: {action: reject}}]
asn: "\${ASN}"
routerId: 10.0.0.1
discovery: {intervalMs: 1000, timeoutMs: 100, retries: 1, backoffMs: 2, maxBackoffMs: 3, maxAgentsPerServer: 4}
calls: {timeoutMs: 5000, hedge: true}
aggregates: [research, {capability: coding/*, summaryOnly: true}, {capability: coding/web}]
allowServerUrls: [https://more.example/]
logLevel: warn
listen: off
transport: stdio
`;

describe('a config file', () => {
  it('sets every setting', async () => {
    const config = await fileConfig(everything, { TOKEN: 'abc', ASN: '65099' });
    expect(config).toMatchObject({
      asn: 65099,
      routerId: '10.0.0.1',
      servers: [
        {
          name: 'cloud',
          url: 'https://agents.example.com/mastra',
          asn: 65100,
          headers: { Authorization: 'Bearer abc' },
          capabilities: ['coding/typescript'],
          communities: ['no-export', 'region:eu'],
          localPref: 0,
          description: 'The cloud',
        },
        { name: 'server1', url: 'http://localhost:4111', asn: 65001 },
      ],
      discovery: { intervalMs: 1000, timeoutMs: 100, retries: 1, backoffMs: 2, maxBackoffMs: 3, maxAgentsPerServer: 4 },
      calls: { timeoutMs: 5000, hedge: true },
      aggregates: [
        { capability: 'research', summaryOnly: false },
        { capability: 'coding', summaryOnly: true },
        { capability: 'coding/web', summaryOnly: false },
      ],
      egress: { allowServerUrls: ['https://more.example'], allowNextHops: [] },
      logLevel: 'warn',
    });
    expect(config.policy.import.statements).toHaveLength(1);
  });

  it('may be JSON, with tabs', async () => {
    expect(await fileConfig('{\n\t"asn": 65010,\n\t"servers": []\n}')).toMatchObject({ asn: 65010, servers: [] });
  });

  it('is overridden by variables', async () => {
    const config = await fileConfig(everything, {
      TOKEN: 'abc',
      ASN: '65099',
      BGP_ASN: '65098',
      BGP_ROUTER_ID: '10.0.0.2',
      LOG_LEVEL: 'error',
      MASTRA_CLIENT_RETRIES: '9',
    });
    expect(config).toMatchObject({
      asn: 65098,
      routerId: '10.0.0.2',
      logLevel: 'error',
      discovery: { retries: 9, intervalMs: 1000 },
    });
  });

  it('supports anchors and aliases', async () => {
    const { servers } = await fileConfig(
      'servers:\n  - {url: http://a, headers: &auth {X-Key: k}}\n  - {url: http://b, headers: *auth}',
    );
    expect(servers.map(({ headers }) => headers)).toEqual([{ 'X-Key': 'k' }, { 'X-Key': 'k' }]);
  });

  const path = 'must be 1 to 64 letters, digits, `.`, `_` or `-`';
  const serverKeys =
    'name, url, asn, headers, capabilities, communities, localPref, weight, damping, region, description';
  const keys =
    'servers, policy, asn, routerId, discovery, calls, lists, health, balancing, aggregates, allowServerUrls, allowNextHops, logLevel, peers, guests, callers, listen, advertiseUrl, peerKey, operators, port';
  it.each([
    ['', '1:1: must be an object with keys such as servers'],
    ['just text', '1:1: must be an object with keys such as servers (got "just text")'],
    ['- servers', '1:1: must be an object with keys such as servers'],
    ['asn: 1\nasn: 2', '2:1: Map keys must be unique'],
    ['asn: !big 1', '1:6: Unresolved tag: !big'],
    ['asn: *x', '1:6: The alias *x has no anchor before it.'],
    ['calls: &x {timeoutMs: *x}', '1:23: The alias *x contains itself.'],
    ['? [a]\n: 1', '1:3: A key must be plain text.'],
    ['asn: 65001\nservres: []', `2:1: servres: is not a known key; known here: ${keys}`],
    ['servers: {}', '1:10: servers: must be a list'],
    ['servers: [http://a]', `1:11: servers[0]: must be an object with the keys ${serverKeys} (got "http://a")`],
    ['servers:\n  - name: a', '2:5: servers[0].url: is missing; it must be a URL like http://localhost:4111'],
    [
      'servers:\n  - url: a',
      '2:10: servers[0].url: must begin with http:// or https://, like http://localhost:4111 (got "a")',
    ],
    [
      'servers:\n  - url: "http://a b"',
      '2:10: servers[0].url: must not contain spaces, backslashes or control characters (got "http://a b")',
    ],
    ['servers:\n  - {url: http://a, nmae: x}', `2:21: servers[0].nmae: is not a known key; known here: ${serverKeys}`],
    ['servers:\n  - {url: http://a, name: a b}', `2:27: servers[0].name: ${path} (got "a b")`],
    ['servers:\n  - {url: http://a, name: 5}', '2:27: servers[0].name: must be text (got "5")'],
    [
      'servers:\n  - {url: http://a, asn: 0}',
      '2:26: servers[0].asn: must be a whole number from 1 to 4294967294 (got "0")',
    ],
    [
      'servers:\n  - {url: http://a, localPref: -1}',
      '2:32: servers[0].localPref: must be a whole number from 0 to 4294967295 (got "-1")',
    ],
    [
      'servers:\n  - {url: http://a, capabilities: [a//b]}',
      '2:36: servers[0].capabilities[0]: must be a path like coding/typescript (got "a//b")',
    ],
    [
      'servers:\n  - {url: http://a, communities: ["a b"]}',
      '2:35: servers[0].communities[0]: must be 1 to 128 visible characters without spaces, like region:eu (got "a b")',
    ],
    [
      'servers:\n  - {url: http://a, region: "e u"}',
      '2:29: servers[0].region: must be 1 to 64 letters, digits, `.`, `_` or `-`, like eu-west (got "e u")',
    ],
    [
      'servers:\n  - {url: http://a, headers: [x]}',
      '2:30: servers[0].headers: must be an object of header names and values',
    ],
    [
      'servers:\n  - {url: http://a, headers: {"a b": x}}',
      '2:38: servers[0].headers.a b: is not a valid HTTP header name',
    ],
    [
      'servers:\n  - {url: http://a, headers: {Host: x}}',
      '2:37: servers[0].headers.Host: is set by the HTTP client itself; remove it',
    ],
    ['servers:\n  - {url: http://a, headers: {X: ""}}', '2:34: servers[0].headers.X: must be a non-empty text'],
    [
      'servers:\n  - {url: http://a, headers: {X: "s\\n"}}',
      '2:34: servers[0].headers.X: must be one line of Latin-1 characters',
    ],
    [
      'servers:\n  - {url: http://a, headers: {X: a, x: b}}',
      '2:40: servers[0].headers.x: is a duplicate; header names ignore case',
    ],
    [
      'servers:\n  - {url: http://a, weight: 0}',
      '2:29: servers[0].weight: must be a whole number from 1 to 65535 (got "0")',
    ],
    [
      'balancing: {method: fastest}',
      '1:21: balancing.method: must be one of capability-aware, round-robin, weighted, latency-based, least-outstanding (got "fastest")',
    ],
    ['discovery: {retries: 1.5}', '1:22: discovery.retries: must be a whole number from 0 to 100 (got "1.5")'],
    [
      'discovery: 5',
      '1:12: discovery: must be an object with the keys intervalMs, timeoutMs, retries, backoffMs, maxBackoffMs, maxAgentsPerServer (got "5")',
    ],
    [
      'calls: {timeout: 5}',
      '1:9: calls.timeout: is not a known key; known here: timeoutMs, silenceMs, maxConcurrent, maxQueued, hedge, maxResultLength, maxPerMinute, maxBurst',
    ],
    ['calls: {hedge: 1}', '1:16: calls.hedge: must be true or false (got "1")'],
    [
      'calls: {maxBurst: 5}',
      '1:19: calls.maxBurst: has no effect without maxPerMinute; set that too, or remove it (got "5")',
    ],
    [
      'allowServerUrls: [a]',
      '1:19: allowServerUrls[0]: must begin with http:// or https://, like http://localhost:4111 (got "a")',
    ],
    ['aggregates: coding', '1:13: aggregates: must be a list (got "coding")'],
    ['aggregates: [a//b]', '1:14: aggregates[0]: must be a path like coding/typescript (got "a//b")'],
    [
      'aggregates:\n  - capability: "*"',
      '2:17: aggregates[0].capability: must be a path like coding/typescript (got "*")',
    ],
    ['aggregates: [{summaryOnly: true}]', '1:14: aggregates[0].capability: is missing; it must be text'],
    [
      'aggregates: [{capability: a, summaryOnly: 1}]',
      '1:43: aggregates[0].summaryOnly: must be true or false (got "1")',
    ],
    [
      'aggregates: [{capability: a, summary: true}]',
      '1:30: aggregates[0].summary: is not a known key; known here: capability, summaryOnly',
    ],
    ['aggregates: [5]', '1:14: aggregates[0]: must be an object with the keys capability, summaryOnly (got "5")'],
    [
      'aggregates:\n  - coding\n  - a\n  - {capability: coding/*, summaryOnly: true}',
      '4:5: aggregates[2]: duplicates aggregates[0], coding; list each capability once',
    ],
    ['logLevel: on', '1:11: logLevel: must be one of trace, debug, info, warn, error, fatal, silent (got "on")'],
    ['policy: 5', '1:9: policy: must be the path of a policy file, or the policy itself as an object (got "5")'],
    [
      'peers: [b]',
      '1:9: peers[0]: must be ASN@URL like 65001@http://router.example:3001, with an ASN from 1 to 4294967294 (got "b")',
    ],
    ['lists: {maxTokens: 99}', '1:20: lists.maxTokens: must be a whole number from 500 to 1000000 (got "99")'],
    ['operators: thirty letters', '1:12: operators: must be an object with the keys key'],
    ['operators: {}', '1:12: operators.key: is missing; it must be text'],
    ['operators: {key: " "}', '1:18: operators.key: must not be empty'],
    ['operators: {key: thirty letters, keys: b}', '1:34: operators.keys: is not a known key; known here: key'],
    ['transport: http', `1:1: transport: ${notYet} transport (or --http), or set it to stdio`],
    [
      'calls: {timeoutMs: "${A}"}',
      '1:20: calls.timeoutMs: needs the variable A, which is not set; set it, or write ${A:-default} (got "${A}")',
    ],
    [
      'allowServerUrls: ["http://${a-b}"]',
      '1:19: allowServerUrls[0]: contains a malformed reference; write ${VAR} or ${VAR:-default}, and $${ for a literal ${ (got "http://${a-b}")',
    ],
  ])('%j is rejected with its place', async (text, problem) => {
    expect(await fileProblems(text)).toEqual([at(problem)]);
  });

  it('reports duplicate aggregates together with invalid ones', async () => {
    expect(await fileProblems('aggregates: [a, "b c", a/*]')).toEqual([
      at('1:17: aggregates[1]: must be a path like coding/typescript (got "b c")'),
      at('1:24: aggregates[2]: duplicates aggregates[0], a; list each capability once (got "a/*")'),
    ]);
  });

  it('is rejected without throwing if it is nested too deep', async () => {
    expect(await fileProblems('['.repeat(100_000))).not.toEqual([]);
  });

  it('is rejected if its aliases expand excessively', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const levels = names.map((name, index) => {
      const item = index === 0 ? 'x' : `*${names[index - 1]!}`;
      return `${name}: &${name} [${Array.from({ length: 10 }, () => item).join(', ')}]`;
    });
    expect(await fileProblems(levels.join('\n'))).toEqual([expect.stringContaining('alias')]);
  });

  it('shows no secret: values appear before substitution, and headers never', async () => {
    const text = 'servers:\n  - url: http://${USERINFO}@a\n    headers: {X: "${TOKEN}\u2713", Y: "literal\u2713"}';
    const problems = await fileProblems(text, { USERINFO: 'me:hunter2', TOKEN: 'hunter3' });
    expect(problems).toHaveLength(3);
    expect(problems.join('\n')).not.toMatch(/hunter|literal/);
  });

  it('is a problem if it cannot be read', async () => {
    expect(await problemsOf({ AGENT_PROXY_CONFIG: 'x.yaml' })).toEqual([
      'AGENT_PROXY_CONFIG: names a file that cannot be read: ENOENT: no such file, open \'x.yaml\'; correct the path or make the file readable (got "x.yaml")',
    ]);
  });
});

describe('the policy', () => {
  const reject = '{"import": [{"match": {}, "action": {"action": "reject"}}]}';
  const accept = '{"export": []}';

  it('comes from the file that AGENT_ROUTING_POLICY names', async () => {
    const { policy } = await configOf({ AGENT_ROUTING_POLICY: 'p.json' }, { 'p.json': reject });
    expect(policy.import.statements).toMatchObject([{ action: 'reject' }]);
  });

  it('comes from the path in the config file, relative to that file', async () => {
    const files = { '/etc/proxy.yaml': 'policy: policies/p.json', '/etc/policies/p.json': reject };
    const { policy } = await configOf({ AGENT_PROXY_CONFIG: '/etc/proxy.yaml' }, files);
    expect(policy.import.statements).toMatchObject([{ action: 'reject' }]);
  });

  it('in the variable overrides that of the config file', async () => {
    const files = { 'c.yaml': `policy: ${reject}`, 'p.json': accept };
    const { policy } = await configOf({ AGENT_PROXY_CONFIG: 'c.yaml', AGENT_ROUTING_POLICY: 'p.json' }, files);
    expect(policy).toEqual(ACCEPT_ALL);
  });

  it.each([
    ['{', 'p.json:1:2: '],
    ['[]', 'p.json:1:1: '],
    ['{"import": [\n  {"match": {}, "action": {"action": "drop"}}\n]}', 'p.json:2:28: import[0].action.action: '],
    ['{"import": [],\n "imports": []}', 'p.json:2:2: imports: '],
  ])('%j is rejected with its place', async (text, start) => {
    const problems = await problemsOf({ AGENT_ROUTING_POLICY: 'p.json' }, { 'p.json': text });
    expect(problems.map((problem) => problem.slice(0, start.length))).toEqual([start]);
  });

  it('inside the config file is rejected with its place there', async () => {
    const problems = await fileProblems('policy:\n  import:\n    - match: {}\n      action: {action: drop}');
    expect(problems).toEqual([
      expect.stringMatching(/^\/etc\/proxy\.yaml:4:16: policy\.import\[0\]\.action\.action: /),
    ]);
  });

  it('never falls back to accepting routes if it cannot be read', async () => {
    expect(await problemsOf({ AGENT_ROUTING_POLICY: 'p.json' })).toEqual([
      'AGENT_ROUTING_POLICY: names a file that cannot be read: ENOENT: no such file, open \'p.json\'; correct the path or make the file readable (got "p.json")',
    ]);
    expect(await fileProblems('policy: p.json')).toEqual([
      at(
        '1:9: policy: names a file that cannot be read: ENOENT: no such file, open \'/etc/p.json\'; correct the path or make the file readable (got "/etc/p.json")',
      ),
    ]);
  });
});
