import { afterEach, beforeAll, afterAll, describe, expect, it } from 'vitest';
import { Egress, type EgressOptions } from '../../../../src/base/egress/egress.ts';
import { Failure } from '../../../../src/base/failure/failure.ts';
import { refusedUrl, startFaulty, type FaultyServer } from '../../../servers/faulty-server.ts';

let server: FaultyServer;
let other: FaultyServer;
const opened: Egress[] = [];

beforeAll(async () => {
  server = await startFaulty();
  other = await startFaulty();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((egress) => egress.close()));
});
afterAll(async () => {
  await Promise.all([server.stop(), other.stop()]);
});

function egress(options: Partial<EgressOptions> = {}): Egress {
  const made = new Egress({ targets: [{ baseUrl: server.url }], ...options });
  opened.push(made);
  return made;
}

function post(from: Egress, url: string, signal?: AbortSignal): Promise<Response> {
  return from.fetch(url, { method: 'POST', body: '{}', ...(signal && { signal }) });
}

async function failure(promise: Promise<unknown>): Promise<Failure> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Failure);
  return error as Failure;
}

describe('the way out', () => {
  it('calls a configured server although its address is a loopback address', async () => {
    const reply = await post(egress(), `${server.url}/api/agents/ok/generate`);
    expect(await reply.json()).toEqual({ text: 'fine', finishReason: 'stop' });
  });

  it('refuses a loopback address that is not configured, before a byte is sent', async () => {
    const before = other.seen.length;
    const refused = await failure(post(egress(), `${other.url}/api/agents/ok/generate`));
    expect(refused).toMatchObject({ code: 'DENIED_BY_POLICY', reached: 'no', details: { address: '127.0.0.1' } });
    expect(other.seen.length).toBe(before);
  });

  it('judges the address to which a name leads, not the name', async () => {
    const before = other.seen.length;
    const refused = await failure(post(egress(), `http://localhost:${other.port}/api/agents/ok/generate`));
    expect(refused).toMatchObject({ code: 'DENIED_BY_POLICY', reached: 'no' });
    expect(refused.message).toMatch(/^localhost leads to the loopback address/);
    expect(other.seen.length).toBe(before);
  });

  it.each(['2130706433', '0x7f.1', '[::ffff:127.0.0.1]', '[::1]', '0.0.0.0', '169.254.169.254', '10.0.0.1'])(
    'refuses http://%s',
    async (host) => {
      const refused = await failure(post(egress(), `http://${host}:${other.port}/api/agents`));
      expect(refused).toMatchObject({ code: 'DENIED_BY_POLICY', reached: 'no' });
    },
  );

  it('does not lend the trust in one port to another port of the same host', async () => {
    const refused = await failure(post(egress(), `http://127.0.0.1:${other.port}/`));
    expect(refused.code).toBe('DENIED_BY_POLICY');
  });

  it('calls any address that is allowed explicitly', async () => {
    const allowing = egress({ targets: [], allows: (url) => url.origin === other.url });
    expect((await post(allowing, `${other.url}/api/agents/ok/generate`)).status).toBe(200);
    expect((await failure(post(allowing, `${server.url}/api/agents/ok/generate`))).code).toBe('DENIED_BY_POLICY');
  });

  it('sends configured headers to their own server alone, to the longest base URL that covers the call', async () => {
    const one = egress({
      targets: [
        { baseUrl: server.url, headers: { authorization: 'Bearer outer' } },
        { baseUrl: `${server.url}/team/`, headers: { authorization: 'Bearer team' } },
        { baseUrl: other.url },
      ],
    });
    await post(one, `${server.url}/api/agents/ok/generate`);
    expect(server.seen.at(-1)?.headers.authorization).toBe('Bearer outer');
    await post(one, `${server.url}/team/api/agents/ok/generate`);
    expect(server.seen.at(-1)?.headers.authorization).toBe('Bearer team');
    await post(one, `${server.url}/teamwork/api`);
    expect(server.seen.at(-1)?.headers.authorization).toBe('Bearer outer');
    await post(one, `${other.url}/api/agents/ok/generate`);
    expect(other.seen.at(-1)?.headers.authorization).toBeUndefined();
  });

  it('does not follow a redirect', async () => {
    const before = server.seen.length;
    const refused = await failure(post(egress(), `${server.url}/api/agents/redirect/generate`));
    expect(refused).toMatchObject({ code: 'SERVER_UNAVAILABLE', reached: 'no' });
    expect(refused.message).toContain('HTTP 307');
    expect(server.seen.length).toBe(before + 1);
  });

  it('knows that nothing was sent when nobody listens or the name does not exist', async () => {
    const closed = await refusedUrl();
    const nobody = egress({ targets: [{ baseUrl: closed }, { baseUrl: 'http://no-such-host.invalid' }] });
    expect(await failure(post(nobody, closed))).toMatchObject({ code: 'SERVER_UNAVAILABLE', reached: 'no' });
    const unnamed = await failure(post(nobody, 'http://no-such-host.invalid/'));
    expect(unnamed).toMatchObject({ code: 'SERVER_UNAVAILABLE', reached: 'no' });
    expect(unnamed.message).toContain('its name cannot be resolved');
  });

  it('does not know whether the agent ran when the connection breaks', async () => {
    const before = server.seen.length;
    const lost = await failure(post(egress(), `${server.url}/api/agents/reset/generate`));
    expect(lost).toMatchObject({ code: 'SERVER_UNAVAILABLE', reached: 'maybe' });
    expect(server.seen.length).toBe(before + 1);
  });

  it('fails while the body is read when the connection breaks then', async () => {
    const reply = await post(egress(), `${server.url}/api/agents/cut/stream`);
    expect(await failure(reply.text())).toMatchObject({ code: 'SERVER_UNAVAILABLE', reached: 'yes' });
  });

  it('stops reading a reply that is too large, and hangs up', async () => {
    const limited = egress({ maxReplyBytes: 100_000 });
    const large = await failure(post(limited, `${server.url}/api/agents/huge/generate`));
    expect(large).toMatchObject({ name: 'ReplyTooLarge', code: 'AGENT_ERROR', reached: 'yes' });
    const endless = await post(limited, `${server.url}/api/agents/endless/stream`);
    expect((await failure(endless.text())).name).toBe('ReplyTooLarge');
    await expect.poll(() => server.seen.at(-1)?.abandoned).toBe(true);
  });

  it('tells a deadline from a cancellation, and ends the request in both cases', async () => {
    const late = AbortSignal.timeout(20);
    expect(await failure(post(egress(), `${server.url}/api/agents/hang/generate`, late))).toMatchObject({
      name: 'DeadlinePassed',
      code: 'TIMEOUT',
      reached: 'maybe',
    });
    await expect.poll(() => server.seen.at(-1)?.abandoned).toBe(true);
    const cancel = new AbortController();
    const cancelled = failure(post(egress(), `${server.url}/api/agents/hang/stream`, cancel.signal));
    await expect.poll(() => server.seen.at(-1)?.path).toBe('/api/agents/hang/stream');
    cancel.abort();
    expect((await cancelled).name).toBe('CallCancelled');
    await expect.poll(() => server.seen.at(-1)?.abandoned).toBe(true);
  });

  it('hangs up when a reader turns away from a stream', async () => {
    const reply = await post(egress(), `${server.url}/api/agents/endless/stream`);
    await reply.body?.cancel();
    await expect.poll(() => server.seen.at(-1)?.abandoned).toBe(true);
  });
});

it.each(['a\r\nb', 'a\u0000', '\u65e5', '\ud800'])(
  'a header that cannot be sent (%j) is what the caller asked for, and says nothing of the server',
  async (value) => {
    const before = server.seen.length;
    const refused = await failure(
      egress().fetch(`${server.url}/api/agents/ok/generate`, { method: 'POST', headers: { tracestate: value } }),
    );
    expect(refused).toMatchObject({ code: 'INVALID_REQUEST', reached: 'no' });
    expect(server.seen.length).toBe(before);
  },
);
