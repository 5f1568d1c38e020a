import { SignJWT, type JWTPayload } from 'jose';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { drawNonce } from '../../../../src/control-plane/peering/handshake.ts';
import type { Session } from '../../../../src/control-plane/peering/authenticated-session.ts';
import { credentials, Sessions } from '../../../../src/control-plane/peering/sessions.ts';
import { TokenRefused } from '../../../../src/control-plane/peering/token-refused.ts';

const A = { asn: 65_101, routerId: '10.0.0.1' };
const B = { asn: 65_102, routerId: '10.0.0.2' };

const tokenKey = new Uint8Array(32).fill(7);

/** The two ends of one session: ours, and that of the peer. */
function ends(change: Partial<Session> = {}): { ours: Session; theirs: Session } {
  const shared = { id: drawNonce(), peer: 'as65102', account: 'as65102', url: undefined, tokenKey, ...change };
  return { ours: { ...shared, local: A, remote: B }, theirs: { ...shared, local: B, remote: A } };
}

const headers = (given: Record<string, string>) => (name: string) => given[name];

function held(session: Session): Sessions {
  const sessions = new Sessions();
  sessions.add(session);
  return sessions;
}

afterEach(() => {
  vi.useRealTimers();
});

describe('a request of a peer', () => {
  it('belongs to the session of its token', async () => {
    const { ours, theirs } = ends();
    const sessions = held(ours);
    expect(await sessions.authenticate(headers(await credentials(theirs)))).toBe(ours);
    expect(await sessions.authenticate(headers(await credentials(theirs)))).toBe(ours);
  });

  it('belongs to no session if it has no token', async () => {
    expect(await held(ends().ours).authenticate(headers({}))).toBeUndefined();
  });

  it.each([
    ['names the session without a token', (theirs: Session) => ({ 'bgp-session': theirs.id }), 'a token is missing'],
    ['has a malformed token', () => ({ authorization: 'Bearer nothing' }), 'unknown or has ended'],
  ])('is rejected if it %s', async (_, given, reason) => {
    const { ours, theirs } = ends();
    const sessions = held(ours);
    await expect(sessions.authenticate(headers(given(theirs)))).rejects.toThrow(TokenRefused);
    await expect(sessions.authenticate(headers(given(theirs)))).rejects.toThrow(reason);
  });

  it('is rejected if its token was used before', async () => {
    const { ours, theirs } = ends();
    const sessions = held(ours);
    const token = await credentials(theirs);
    await sessions.authenticate(headers(token));
    await expect(sessions.authenticate(headers(token))).rejects.toThrow('the token was used before');
  });

  it('is rejected if its session has ended', async () => {
    const { ours, theirs } = ends();
    const sessions = held(ours);
    const token = await credentials(theirs);
    sessions.end(ours);
    await expect(sessions.authenticate(headers(token))).rejects.toThrow('unknown or has ended');
  });

  it.each([
    ['is for another router', { remote: { asn: 65_103, routerId: '10.0.0.3' } }],
    ['is from another router', { local: { asn: 65_103, routerId: '10.0.0.3' } }],
    ['is signed by another key', { tokenKey: new Uint8Array(32).fill(8) }],
  ])('is refused when its token %s', async (_, change) => {
    const { ours, theirs } = ends();
    const forged = await credentials({ ...theirs, ...change });
    await expect(held(ours).authenticate(headers(forged))).rejects.toThrow('the token is not valid');
  });

  it('is rejected with a token that never expires', async () => {
    const { ours } = ends();
    const token = await new SignJWT()
      .setProtectedHeader({ alg: 'HS256', kid: ours.id })
      .setIssuer('as65102/10.0.0.2')
      .setAudience('as65101/10.0.0.1')
      .setJti('x')
      .setIssuedAt(Math.floor(Date.now() / 1_000) - 3_600)
      .setExpirationTime('10y')
      .sign(tokenKey);
    await expect(held(ours).authenticate(headers({ authorization: `Bearer ${token}` }))).rejects.toThrow(
      'the token is not valid',
    );
  });

  it.each<[string, unknown]>([
    ['an object, which never equals another one', {}],
    ['a list', ['x']],
    ['a number', 7],
    ['an empty text', ''],
    ['a text that is too long to store', 'x'.repeat(65)],
  ])('is rejected with a token whose jti is %s', async (_, jti) => {
    const { ours } = ends();
    const now = Math.floor(Date.now() / 1_000);
    const claims = { iss: 'as65102/10.0.0.2', aud: 'as65101/10.0.0.1', iat: now, exp: now + 10, jti };
    const token = await new SignJWT(claims as JWTPayload)
      .setProtectedHeader({ alg: 'HS256', kid: ours.id })
      .sign(tokenKey);
    const given = headers({ authorization: `Bearer ${token}` });
    await expect(held(ours).authenticate(given)).rejects.toThrow('its jti is not a text of 1 to 64 letters');
  });

  it('is ignored if the kid of its token is not a text', async () => {
    const token = await new SignJWT({}).setProtectedHeader({ alg: 'HS256', kid: 7 as never }).sign(tokenKey);
    await expect(held(ends().ours).authenticate(headers({ authorization: `Bearer ${token}` }))).rejects.toThrow(
      'unknown',
    );
  });

  it('is rejected with an unsigned token', async () => {
    const { ours } = ends();
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const token = `${part({ alg: 'none', kid: ours.id })}.${part({ iss: 'as65102/10.0.0.2', aud: 'as65101/10.0.0.1' })}.`;
    await expect(held(ours).authenticate(headers({ authorization: `Bearer ${token}` }))).rejects.toThrow(
      'the token is not valid',
    );
  });

  it('is rejected if its token is too old', async () => {
    const { ours, theirs } = ends();
    const token = await credentials(theirs);
    vi.useFakeTimers({ now: Date.now() + 100_000 });
    await expect(held(ours).authenticate(headers(token))).rejects.toThrow('the token is not valid');
  });

  it('needs only the name of its session if no key is set', async () => {
    const { ours, theirs } = ends({ tokenKey: undefined });
    expect(await held(ours).authenticate(headers(await credentials(theirs)))).toBe(ours);
  });
});

describe('a session without a link', () => {
  it('ends if none is opened within ten seconds', async () => {
    vi.useFakeTimers();
    const { ours } = ends({ tokenKey: undefined });
    const sessions = new Sessions();
    sessions.expectLink(ours);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(sessions.claim(ours)).toBe(false);
  });

  it('ends if there are thousands and it is the oldest of the peer that has the most', () => {
    const sessions = new Sessions();
    const isKnown = (id: string) => sessions.named(headers({ 'bgp-session': id })) !== undefined;
    const other = ends({ id: 'other', peer: 'as65103' }).ours;
    sessions.expectLink(other);
    for (let at = 0; at < 4_096; at += 1) sessions.expectLink(ends({ id: `flood ${at}` }).ours);
    expect(['flood 0', 'flood 1', 'other'].map(isKnown)).toEqual([false, true, true]);
    expect(sessions.claim(other)).toBe(true);
    sessions.expectLink(ends({ id: 'flood last' }).ours);
    expect(['flood 1', 'flood last'].map(isKnown)).toEqual([true, true]);
    sessions.stop();
  });

  it('can be claimed once', () => {
    const { ours } = ends();
    const sessions = new Sessions();
    sessions.expectLink(ours);
    expect([sessions.claim(ours), sessions.claim(ours)]).toEqual([true, false]);
  });
});
