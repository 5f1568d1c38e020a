import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Notification } from '../../../../src/core/bgp/packet/message.ts';
import { Doorkeeper } from '../../../../src/control-plane/peering/doorkeeper.ts';
import { Endpoints } from '../../../../src/control-plane/peering/endpoints.ts';
import { drawNonce, Handshake } from '../../../../src/control-plane/peering/handshake.ts';
import { PROTOCOL, wireChallenge, type Hello } from '../../../../src/control-plane/peering/hello.ts';
import type { HttpLink } from '../../../../src/control-plane/peering/http-link.ts';
import { MAX_MESSAGE_BYTES } from '../../../../src/control-plane/peering/json-codec.ts';
import { PeerRefused } from '../../../../src/control-plane/peering/peer-refused.ts';
import type { Session } from '../../../../src/control-plane/peering/authenticated-session.ts';
import type { SessionLink } from '../../../../src/control-plane/peering/session-link.ts';
import { credentials, Sessions } from '../../../../src/control-plane/peering/sessions.ts';
import type { LogEvent } from '../../../../src/base/telemetry/log-event.ts';

const LOCAL = { asn: 65_101, routerId: '10.0.0.1' };
const KEY = 'ours';

let sessions: Sessions;
let postedTo: WeakMap<Session, HttpLink>;
let logged: LogEvent[];
let links: SessionLink[];
/** The types of the messages that have arrived over a link, in order. */
let heard: string[];
/** The NOTIFICATION with which the next message ends its session. */
let error: Notification | undefined;
let accept: (link: SessionLink) => boolean;
let endpoints: Endpoints;

beforeEach(() => {
  sessions = new Sessions();
  postedTo = new WeakMap();
  [logged, links, heard, error] = [[], [], [], undefined];
  accept = (link) => {
    links.push(link);
    link.open({
      received: (read, _bytes, done) => {
        const decoded = read();
        heard.push(decoded.ok ? decoded.message.type : decoded.notification);
        done?.(error);
      },
      drained: () => undefined,
      lost: () => undefined,
    });
    return true;
  };
  const peer = (asn: number, key: string | undefined, url: string | undefined) => {
    return { id: `as${asn}`, account: `as${asn}`, asn, url, key };
  };
  endpoints = new Endpoints({
    local: LOCAL,
    doorkeeper: new Doorkeeper({
      local: LOCAL,
      peers: [peer(65_102, KEY, 'http://b'), peer(65_103, undefined, 'http://c'), peer(65_104, KEY, undefined)],
      guest: () => undefined,
      established: () => undefined,
      now: Date.now,
    }),
    sessions,
    postedTo,
    fetchOf: () => () => Promise.resolve(Response.json({ status: 'accepted' })),
    accept: (link) => accept(link),
    log: (event) => logged.push(event),
  });
});

afterEach(async () => {
  for (const link of links) await link.close();
  sessions.stop();
});

async function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await endpoints.app.request(`/bgp/${path}`, { method: 'POST', body: text, headers });
  return { status: response.status, said: (await response.json()) as Record<string, unknown> };
}

/** Introduces a router that knows a key. Returns the answer to its proof, and its own side of the session. */
async function introduce(asn = 65_102, key: string | undefined = KEY) {
  const remote = { asn, routerId: '10.0.0.2' };
  const hello: Hello = { type: 'hello', protocol: PROTOCOL, ...remote, nonce: drawNonce(), time: Date.now() };
  const challenge = wireChallenge.parse((await post('hello', hello)).said);
  const handshake = new Handshake(key, hello, challenge);
  const proof = { type: 'proof', session: challenge.session, proof: handshake.proof('dialler') };
  const answer = await post('hello', proof);
  const ends = { local: remote, remote: LOCAL, tokenKey: handshake.tokenKey() };
  const session: Session = { id: challenge.session, peer: 'as65101', account: 'as65101', url: undefined, ...ends };
  return { answer, session, isAnswerer: handshake.isProof('answerer', String(answer.said['proof'])) };
}

const OPEN = {
  type: 'open',
  version: 4,
  asn: 65_102,
  routerId: '10.0.0.2',
  holdTimeSeconds: 90,
  capabilities: { families: ['agent'] },
};

describe('a router that introduces itself', () => {
  it('gets our proof in return for its own, and a session whose link it may open', async () => {
    const { answer, session, isAnswerer } = await introduce();
    expect([answer.status, answer.said['type'], isAnswerer]).toEqual([200, 'welcome', true]);
    expect(await sessions.authenticate((name) => ({ 'bgp-session': session.id })[name]).catch(String)).toContain(
      'a token is missing',
    );
    expect(links).toEqual([]);
  });

  it('is rejected without a reason if it does not know the key; the log has the reason', async () => {
    const { answer } = await introduce(65_102, 'another');
    expect(answer).toMatchObject({ status: 403, said: { type: 'notification', code: 6, subcode: 5 } });
    expect(answer.said['reason']).toBeUndefined();
    expect(logged).toEqual([{ event: 'peer-refused', reason: 'AS 65102 does not know the key' }]);
  });

  it.each([['{'], ['[]'], ['{"type":"bye"}']])('is rejected if it sends %s', async (body) => {
    expect(await post('hello', body)).toMatchObject({ status: 403 });
    expect(logged).toEqual([{ event: 'peer-refused', reason: 'hello has an unknown form' }]);
  });

  it('is not read beyond 16 KiB', async () => {
    expect((await post('hello', 'x'.repeat(16 * 1024 + 1))).status).toBe(413);
  });
});

describe('a plain hello', () => {
  it('establishes the session at once if no key is set', async () => {
    const { status, said } = await post('hello', { localASN: 65_103, routerId: '10.0.0.3' });
    expect([status, said['status'], said['localASN'], said['routerId']]).toEqual([
      200,
      'established',
      LOCAL.asn,
      LOCAL.routerId,
    ]);
    expect(heard).toEqual(['open', 'keepalive']);
    const named = { 'bgp-session': String(said['session']) };
    expect(await post('keepalive', '', named)).toEqual({ status: 200, said: { status: 'accepted' } });
    expect(heard).toEqual(['open', 'keepalive', 'keepalive']);
  });

  it('is rejected if a key is set', async () => {
    expect((await post('hello', { localASN: 65_102 })).status).toBe(403);
    expect(links).toEqual([]);
  });
});

describe('a message', () => {
  it('opens the link if it is the first of its session, and goes over that link', async () => {
    const { session } = await introduce();
    expect((await post('hello', OPEN, await credentials(session))).status).toBe(200);
    expect((await post('keepalive', '', await credentials(session))).status).toBe(200);
    expect([links.length, heard]).toEqual([1, ['open', 'keepalive']]);
    expect(links[0]?.session).toMatchObject({ peer: 'as65102', url: 'http://b' });
  });

  it('has the type of its path, whatever its `type`', async () => {
    const { session } = await introduce();
    await post('hello', OPEN, await credentials(session));
    await post('keepalive', { type: 'notification', code: 6, subcode: 2 }, await credentials(session));
    expect(heard).toEqual(['open', 'bad-message-length']);
  });

  it('is answered with the NOTIFICATION that ends its session', async () => {
    const { session } = await introduce();
    error = { type: 'notification', code: 2, subcode: 2 };
    expect(await post('hello', OPEN, await credentials(session))).toEqual({ status: 400, said: error });
  });

  it('that is unreadable ends the session (RFC 4271 §6.1)', async () => {
    const { session } = await introduce();
    await post('hello', OPEN, await credentials(session));
    await post('update', '{', await credentials(session));
    expect(heard).toEqual(['open', 'bad-message-type']);
  });

  it('that is too large is not read, and ends the session (RFC 4271 §6.1)', async () => {
    const { session } = await introduce();
    await post('hello', OPEN, await credentials(session));
    const { status } = await post('update', ' '.repeat(MAX_MESSAGE_BYTES + 1), await credentials(session));
    expect([status, heard]).toEqual([413, ['open', 'bad-message-length']]);
  });

  it('waits while the link is paused, and the next one waits for it', async () => {
    const { session } = await introduce();
    await post('hello', OPEN, await credentials(session));
    links[0]?.pause();
    const answers = [
      post('route-refresh', { family: 'agent' }, await credentials(session)),
      post('keepalive', '', await credentials(session)),
    ];
    expect((await post('hello', { type: 'bye' })).status).toBe(403);
    expect(heard).toEqual(['open']);
    links[0]?.resume();
    await Promise.all(answers);
    expect(heard).toEqual(['open', 'route-refresh', 'keepalive']);
  });

  it('is rejected without a session', async () => {
    expect((await post('update', {})).status).toBe(401);
    expect(logged).toEqual([{ event: 'peer-refused', reason: 'a update came without a session' }]);
  });

  it('is rejected if its peer has no URL to post to', async () => {
    const { session } = await introduce(65_104);
    expect((await post('hello', OPEN, await credentials(session))).status).toBe(403);
    expect(links).toEqual([]);
  });

  it.each([
    ['is not wanted', () => false],
    [
      'finds no place',
      (): never => {
        throw new PeerRefused('there is no place');
      },
    ],
  ])('ends its session if the link %s', async (_what, answer) => {
    const { session } = await introduce();
    accept = answer;
    expect((await post('hello', OPEN, await credentials(session))).status).toBe(403);
    expect((await post('keepalive', '', await credentials(session))).status).toBe(401);
  });
});
