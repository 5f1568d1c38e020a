import { describe, expect, it, vi } from 'vitest';
import { Access, type AccessOptions, type Presented } from '../../../../src/control-plane/peering/access.ts';
import { callerCredentials, Callers } from '../../../../src/control-plane/peering/callers.ts';
import type { CallingRouter } from '../../../../src/control-plane/peering/calling-router.ts';
import { isDirect } from '../../../../src/control-plane/peering/is-direct.ts';
import type { Session } from '../../../../src/control-plane/peering/authenticated-session.ts';
import { credentials, Sessions } from '../../../../src/control-plane/peering/sessions.ts';

const KEY = 'thirty letters of the operators, ü';
const URL = 'https://router.example';
const peer: Session = {
  id: 'AAAAAAAAAAAAAAAAAAAAAA',
  peer: 'as65102',
  account: 'counted with as65102',
  local: { asn: 65_101, routerId: '10.0.0.1' },
  remote: { asn: 65_102, routerId: '10.0.0.2' },
  url: undefined,
  tokenKey: Buffer.from('a key of this session'),
};
const keyless: Session = { ...peer, id: 'BBBBBBBBBBBBBBBBBBBBBB', tokenKey: undefined };

/** The session as the other side has it. */
const theirs = (session: Session): Session => ({ ...session, local: session.remote, remote: session.local });

const basic = (user: string, key: string) => `Basic ${Buffer.from(`${user}:${key}`).toString('base64')}`;

/** The value that Node reads from the bytes of a header. */
const asBytes = (text: string) => Buffer.from(text).toString('latin1');

type Headers = () => Promise<Record<string, string>>;

const TOKENS = {
  none: () => Promise.resolve({}),
  "a peer's": () => credentials(theirs(peer)),
  "a keyless peer's session": () => credentials(theirs(keyless)),
  "a caller's": () => callerCredentials({ asn: 65_103, routerId: '10.0.0.3' }, URL, 'key of 65103'),
  'somebody else’s': () => Promise.resolve({ authorization: 'Bearer x' }),
  "the operators' key": () => Promise.resolve({ authorization: asBytes(`Bearer ${KEY}`) }),
  "the operators' key by Basic": () => Promise.resolve({ authorization: basic('anyone', KEY) }),
  "the operators' key by Basic without a name": () =>
    Promise.resolve({ authorization: basic('', KEY).replace('Basic', 'basic') }),
} satisfies Record<string, Headers>;
type Token = keyof typeof TOKENS;

const WAYS = {
  direct: {},
  'by localhost': { host: 'localhost' },
  'by ::1': { host: '[::1]:3001' },
  'by a name': { host: 'router.example' },
  'by an address of another network': { host: '192.0.2.1' },
  'without a host': { host: '' },
  'by nginx as it comes': { httpVersion: '1.0' },
  'marked by x-forwarded-for': { 'x-forwarded-for': '192.0.2.7' },
  'marked by forwarded': { forwarded: 'for=192.0.2.7' },
  'marked by via': { via: '1.1 proxy' },
  'marked by x-real-ip': { 'x-real-ip': '192.0.2.7' },
  'marked by cf-connecting-ip': { 'cf-connecting-ip': '192.0.2.7' },
} as const;
type Way = keyof typeof WAYS;
const isDirectWay = (way: Way) => way === 'direct' || way.startsWith('by localhost') || way === 'by ::1';

const VIEWS = [
  '/bgp/routes',
  '/bgp/peers',
  '/bgp/status',
  '/bgp/health',
  '/bgp/explain',
  '/bgp/trace',
  '/metrics',
  '/',
  '/later',
];
const CALLS = ['/api/agents', '/api/agents/weather', '/api/agents/weather/generate'];

interface Setting {
  readonly onLoopback: boolean;
  readonly keyed: boolean;
  readonly operatorsKey: string | undefined;
}

async function judged(setting: Setting, path: string, way: Way, token: Token) {
  const sessions = new Sessions();
  sessions.add(peer);
  if (!setting.keyed) sessions.add(keyless);
  const callers = new Callers(URL, setting.keyed ? [{ asn: 65_103, key: 'key of 65103' }] : []);
  const log = vi.fn();
  const options: AccessOptions = { ...setting, sessions, callers, log };
  const { httpVersion = '1.1', ...marks } = WAYS[way] as Record<string, string>;
  const presented: Presented = {
    httpVersion,
    headers: { host: '127.0.0.1:3001', ...marks, ...(await TOKENS[token]()) },
  };
  const verdict = await new Access(options).judge(path, presented);
  expect(log).toHaveBeenCalledTimes(verdict.ok ? 0 : 1);
  expect(JSON.stringify([verdict, log.mock.calls])).not.toContain('thirty letters');
  return verdict;
}

const SETTINGS: Setting[] = [true, false].flatMap((onLoopback) =>
  // A router that does not listen on loopback always has a key.
  (onLoopback ? [true, false] : [true]).flatMap((keyed) =>
    [KEY, undefined].map((operatorsKey) => ({ onLoopback, keyed, operatorsKey })),
  ),
);
const ROWS = SETTINGS.flatMap((setting) => (Object.keys(WAYS) as Way[]).map((way) => ({ ...setting, way })));

describe.each(ROWS)('loopback $onLoopback, keyed $keyed, operators.key $operatorsKey, $way', (row) => {
  const { way, ...setting } = row;
  const { onLoopback, keyed, operatorsKey } = setting;

  it.each(Object.keys(TOKENS) as Token[])(
    'shows operator views only to operators, with the token: %s',
    async (token) => {
      const isKey = token.startsWith('the operators');
      const isOpen = onLoopback && isDirectWay(way) && !isPeer(token, keyed);
      const expected = operatorsKey === undefined ? isOpen : isKey;
      for (const view of VIEWS) {
        const verdict = await judged(setting, view, way, token);
        expect([view, verdict.ok]).toEqual([view, expected]);
        if (verdict.ok) expect(verdict.caller).toBeUndefined();
        else expect(verdict).toMatchObject({ challenge: expect.stringMatching(/^Basic .*Bearer /) as string });
      }
    },
  );

  it.each(Object.keys(TOKENS) as Token[])(
    'accepts calls only from allowed callers, with the token: %s',
    async (token) => {
      const caller = callerOf(token, keyed);
      const isOpen = onLoopback && !keyed && isDirectWay(way);
      // A request that names an unknown session does not come from our own user.
      const isStrange = token === "a keyless peer's session" && keyed;
      const expected = keyed ? caller !== undefined : isOpen && !isStrange;
      for (const call of CALLS) {
        expect(await judged(setting, call, way, token)).toMatchObject(expected ? { ok: true, caller } : { ok: false });
      }
    },
  );
});

function callerOf(token: Token, keyed: boolean): CallingRouter | undefined {
  const asPeer = { id: peer.peer, account: peer.account };
  if (token === "a peer's") return asPeer;
  if (token === "a keyless peer's session") return keyed ? undefined : asPeer;
  const asCaller = { id: 'caller:as65103', account: 'caller:as65103' };
  return token === "a caller's" && keyed ? asCaller : undefined;
}

function isPeer(token: Token, keyed: boolean): boolean {
  return callerOf(token, keyed) !== undefined || token === "a keyless peer's session";
}

describe('routers without a key', () => {
  it.each(Object.keys(WAYS) as Way[])('may peer only from this machine: %s', (way) => {
    const options = { sessions: new Sessions(), callers: new Callers(URL, []), log: vi.fn() };
    const { httpVersion = '1.1', ...marks } = WAYS[way] as Record<string, string>;
    const presented = { httpVersion, headers: { host: '127.0.0.1', ...marks } };
    const access = (keyed: boolean) => new Access({ ...options, onLoopback: true, keyed, operatorsKey: undefined });
    expect(access(false).mayPeer(presented)).toBe(isDirectWay(way));
    expect(access(true).mayPeer(presented)).toBe(true);
  });
});

describe('a wrong key', () => {
  it.each([
    '',
    'Bearer',
    'Bearer ',
    'Basic',
    `Bearer ${KEY}x`,
    `Bearer x${KEY}`,
    `Digest ${KEY}`,
    KEY,
    'Basic !!!',
    basic('anyone', `${KEY} `),
    basic(KEY, ''),
    `Basic ${Buffer.from(KEY).toString('base64')}`,
  ])('%j opens no view', async (authorization) => {
    const options = { sessions: new Sessions(), callers: new Callers(URL, []), log: vi.fn() };
    const access = new Access({ ...options, onLoopback: true, keyed: false, operatorsKey: KEY });
    const presented = { httpVersion: '1.1', headers: { host: '127.0.0.1', authorization: asBytes(authorization) } };
    expect(await access.judge('/bgp/routes', presented)).toMatchObject({ ok: false });
  });
});

describe('a request', () => {
  it.each([
    ['localhost', true],
    ['localhost:3001', true],
    ['127.0.0.1:3001', true],
    ['127.8.8.8', true],
    ['[::1]:3001', true],
    ['127.1', true],
    ['localhost.', false],
    ['localhost.example', false],
    ['127.0.0.1.example', false],
    ['0.0.0.0', false],
    ['[::]', false],
    ['[::ffff:127.0.0.1]', false],
    ['10.0.0.1', false],
    ['a b', false],
    [undefined, false],
  ])('to %s was sent by this machine: %s', (host, expected) => {
    expect(isDirect({ httpVersion: '1.1', headers: { ...(host !== undefined && { host }) } })).toBe(expected);
  });

  it.each(['accept', 'user-agent', 'authorization', 'traceparent', 'x-request-id', 'bgp-session', 'agent-bgp-path'])(
    'with %s does not count as sent by a proxy',
    (name) => {
      expect(isDirect({ httpVersion: '1.1', headers: { host: 'localhost', [name]: 'x' } })).toBe(true);
    },
  );
});
