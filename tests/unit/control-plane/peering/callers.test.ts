import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Access } from '../../../../src/control-plane/peering/access.ts';
import { callerCredentials, Callers } from '../../../../src/control-plane/peering/callers.ts';
import { Sessions } from '../../../../src/control-plane/peering/sessions.ts';
import { TokenRefused } from '../../../../src/control-plane/peering/token-refused.ts';

const URL = 'https://router.example';
const self = { asn: 65_101, routerId: '10.0.0.1' };
const known = [
  { asn: 65_101, key: 'old' },
  { asn: 65_101, key: 'ours' },
  { asn: 65_102, key: 'theirs' },
];

const CALLER = { id: 'caller:as65101', account: 'caller:as65101' };

const headerOf = (headers: Record<string, string>) => (name: string) => headers[name];

beforeEach(() => vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => vi.useRealTimers());

describe('a caller without a session', () => {
  it('is recognized by its AS and its key, at our URL', async () => {
    const callers = new Callers(URL, known);
    expect(await callers.authenticate(headerOf(await callerCredentials(self, URL, 'ours')))).toEqual(CALLER);
    expect(await callers.authenticate(headerOf(await callerCredentials(self, URL, 'old')))).toEqual(CALLER);
  });

  it.each([
    ['another key', self, URL, 'other'],
    ['the key of another AS', self, URL, 'theirs'],
    ['a token for another router', self, 'https://elsewhere.example', 'ours'],
    ['another AS', { ...self, asn: 65_109 }, URL, 'ours'],
  ])('is rejected with %s', async (_what, who, url, key) => {
    const headers = await callerCredentials(who, url, key);
    await expect(new Callers(URL, known).authenticate(headerOf(headers))).rejects.toThrow(TokenRefused);
  });

  it('is rejected with a token that was used before, and with one that is too old', async () => {
    const callers = new Callers(URL, known);
    const headers = await callerCredentials(self, URL, 'ours');
    await callers.authenticate(headerOf(headers));
    await expect(callers.authenticate(headerOf(headers))).rejects.toThrow('used before');
    const late = await callerCredentials(self, URL, 'ours');
    vi.setSystemTime(Date.now() + 120_000);
    await expect(callers.authenticate(headerOf(late))).rejects.toThrow(TokenRefused);
  });

  it('is not recognized without a token', async () => {
    const callers = new Callers(URL, known);
    expect(await callers.authenticate(headerOf({}))).toBeUndefined();
    expect(await callers.authenticate(headerOf({ authorization: 'Bearer nonsense' }))).toBeUndefined();
  });

  it('may call, but gets no operator views', async () => {
    const log = vi.fn();
    const callers = new Callers(URL, known);
    const options = { onLoopback: false, keyed: true, operatorsKey: undefined, log };
    const access = new Access({ sessions: new Sessions(), callers, ...options });
    const asCaller = async () => ({ httpVersion: '1.1', headers: await callerCredentials(self, URL, 'ours') });
    expect(await access.judge('/api/agents', await asCaller())).toEqual({ ok: true, caller: CALLER });
    expect(await access.judge('/bgp/routes', await asCaller())).toMatchObject({ ok: false });
  });
});
