import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { credentials } from '../../src/control-plane/peering/sessions.ts';
import { startMastra } from '../servers/mastra-server.ts';
import { RawPeer } from '../servers/raw-peer.ts';
import { freePort } from '../servers/free-port.ts';
import { forgets, knows, logged, startTestRouter, type RouterOptions, type TestRouter } from './test-router.ts';
import { spawnProgram, until } from './program.ts';

const say = (content: string) => ({ messages: [{ role: 'user', content }] });
const stops: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

async function router(options: RouterOptions): Promise<TestRouter> {
  const started = await startTestRouter(options);
  stops.push(() => started.stop());
  return started;
}

async function mastra(...agents: string[]): Promise<string> {
  const server = await startMastra({ agents: agents.map((id) => ({ id })) });
  stops.push(() => server.stop());
  return server.url;
}

/** The environment of a router that is configured by a file of this text. */
function configured(text: string): Record<string, string> {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'router-')), 'proxy.yaml');
  writeFileSync(file, text);
  return { AGENT_PROXY_CONFIG: file };
}

const url = (port: number) => `http://127.0.0.1:${port}`;
const at = (asn: number, port: number) => `${asn}@${url(port)}`;
const get = async (port: number, where: string) => (await fetch(`${url(port)}${where}`)).status;

describe('routers with a key', () => {
  it('peer, carry calls by tokens, and serve nobody else', async () => {
    const [a, b] = [await freePort(), await freePort()];
    const env = { BGP_PEER_KEY: 'correct horse battery staple' };
    const [finance, engineering] = await Promise.all([
      router({ asn: 65101, port: a, peers: [at(65102, b)], env }),
      router({ asn: 65102, port: b, peers: [at(65101, a)], env, servers: await mastra('compiler') }),
    ]);
    await knows(finance, 'compiler');
    const reply = await finance.call('agent-proxy', { targetAgentId: 'compiler', ...say('hello') });
    expect(reply).toMatchObject({ responseData: { text: 'echo from compiler: hello' } });

    const call = await fetch(`${url(b)}/api/agents/compiler/generate`, {
      method: 'POST',
      body: JSON.stringify(say('hi')),
    });
    expect(call.status).toBe(401);
    expect(await get(b, '/api/agents')).toBe(401);
    expect(await get(b, '/bgp/routes')).toBe(200);
    const plain = await fetch(`${url(b)}/bgp/hello`, { method: 'POST', body: JSON.stringify({ localASN: 65101 }) });
    expect(plain.status).toBe(403);
    await logged(engineering, 'did not prove that it knows it');
    expect(finance.stderr() + engineering.stderr()).not.toContain('battery');
  });

  it('do not peer when the keys differ, and only the log of each says why', async () => {
    const [a, b] = [await freePort(), await freePort()];
    const [finance, engineering] = await Promise.all([
      router({ asn: 65101, port: a, peers: [at(65102, b)], env: { BGP_PEER_KEY: 'one secret' } }),
      router({
        asn: 65102,
        port: b,
        peers: [at(65101, a)],
        env: { BGP_PEER_KEY: 'another' },
        servers: await mastra('x'),
      }),
    ]);
    await Promise.all([
      logged(engineering, 'AS 65101 does not know the key'),
      logged(finance, 'AS 65102 does not know the key'),
    ]);
    expect(await finance.agents()).toEqual({});
  });

  it('are told by their own router what keeps a peer away, until it comes', async () => {
    const [a, b] = [await freePort(), await freePort()];
    const peers = [at(65102, b)];
    const finance = await router({ asn: 65101, port: a, peers, env: { BGP_PEER_KEY: 'one secret' } });
    const away = async () => {
      const { serverAgents } = await finance.call<{ serverAgents: { error?: string }[] }>('list-agents', {});
      return serverAgents.at(-1)?.error ?? '';
    };
    await until(async () => (await away()).includes(`No connection to ${url(b)}: nobody listens there`));
    const stranger = await startTestRouter({
      asn: 65102,
      port: b,
      peers: [at(65101, a)],
      env: { BGP_PEER_KEY: 'another' },
    });
    await until(async () => (await away()).includes('It must have AS 65101 among its peers, with the same key'));
    const shown = async () => ((await (await fetch(`${url(a)}/bgp/peers`)).json()) as object[])[0];
    expect(await shown()).toMatchObject({
      error: expect.stringContaining(`${url(b)} does not let AS 65101 in`) as string,
    });
    await stranger.stop();
    await router({ asn: 65102, port: b, peers: [at(65101, a)], env: { BGP_PEER_KEY: 'one secret' } });
    await until(async () => (await away()) === '');
    expect(await shown()).not.toHaveProperty('error');
  });

  it('do not take one member for another where each has a key of its own', async () => {
    const [hub, port] = [await freePort(), await freePort()];
    const keys = configured(`peers: [{asn: 65102, key: secret of 65102}, {asn: 65103, key: secret of 65103}]`);
    const core = await router({ asn: 65101, port: hub, env: keys });
    await router({
      asn: 65102,
      port,
      env: configured(`peers: [{asn: 65101, url: "${url(hub)}", key: secret of 65103}]`),
      servers: await mastra('spoof'),
    });
    await logged(core, 'AS 65102 does not know the key');
    expect(await core.agents()).toEqual({});
    const { serverAgents } = await core.call<{ serverAgents: { serverDescription: string }[] }>('list-agents', {});
    expect(serverAgents.at(-1)?.serverDescription).toContain('without a URL of it here, none of its agents');
  });

  it('serve nothing but /healthz without a token where other machines can reach them', async () => {
    const port = await freePort();
    await router({ asn: 65101, port, env: { BGP_LISTEN: `0.0.0.0:${port}`, BGP_PEER_KEY: 'secret' } });
    await until(async () => (await get(port, '/healthz').catch(() => 0)) === 200);
    for (const where of ['/bgp/routes', '/bgp/status', '/metrics', '/api/agents'])
      expect(await get(port, where)).toBe(401);
  });

  it('show what they know to the command line of their own user all the same, and to no other', async () => {
    const home = mkdtempSync(path.join(tmpdir(), 'home-'));
    const port = await freePort();
    const env = { BGP_LISTEN: `0.0.0.0:${port}`, BGP_PEER_KEY: 'secret', HOME: home, XDG_RUNTIME_DIR: home };
    const one = await router({ asn: 65101, port, env, servers: await mastra('compiler') });
    await knows(one, 'compiler');
    const asked = async (more: Record<string, string>, ...args: string[]) => {
      const child = spawnProgram({ ...env, ...more }, args);
      const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
      return { out, err };
    };
    await until(async () => (await asked({}, 'status')).out.includes('asn: 65101'));
    expect((await asked({}, 'routes')).out).toContain('compiler');
    expect((await asked({}, 'explain', 'compiler')).out).toContain('best');
    expect((await asked({}, 'trace', 'compiler')).out).toContain('65101');
    expect((await asked({}, 'peers', '--json')).out).toBe('[]\n');
    expect((await asked({}, 'explain', 'nobody')).err).toBe("Nothing is known of 'nobody'.\n");
    const stranger = await asked({ HOME: mkdtempSync(path.join(tmpdir(), 'home-')) }, 'status');
    expect(stranger).toMatchObject({ out: '', err: expect.stringContaining('without a token') as string });
  });
});

describe('a router', () => {
  it('is refused when it is another AS than the peer expects', async () => {
    const [a, b] = [await freePort(), await freePort()];
    const [finance] = await Promise.all([
      router({ asn: 65101, port: a, peers: [at(65102, b)] }),
      router({ asn: 65103, port: b, peers: [at(65101, a)], servers: await mastra('x') }),
    ]);
    await logged(finance, 'AS 65103 answers where AS 65102 is configured');
    await logged(finance, 'AS 65103 is not configured as a peer');
    expect(await finance.agents()).toEqual({});
  });

  it('that nobody can reach peers over the connection it has dialled, and calls', async () => {
    const port = await freePort();
    await router({ asn: 65102, port, env: configured('peers: [{asn: 65101}]'), servers: await mastra('compiler') });
    const laptop = await router({
      asn: 65101,
      port: 1,
      peers: [at(65102, port)],
      env: { BGP_LISTEN: 'off' },
      servers: await mastra('notes'),
    });
    await knows(laptop, 'compiler');
    const reply = await laptop.call('agent-proxy', { targetAgentId: 'compiler', ...say('hello') });
    expect(reply).toMatchObject({ responseData: { text: 'echo from compiler: hello' } });
    const heard = (await (await fetch(`${url(port)}/bgp/routes?rib=in&family=agent`)).json()) as object[];
    expect(heard).toMatchObject([{ agentId: 'notes', ineligible: { type: 'not-callable' } }]);
  });

  it('takes in whoever has the key and an AS of the range, for as long as it stays', async () => {
    const [hub, port] = [await freePort(), await freePort()];
    const guests = `guests: [{asns: 65200-65299, key: come in}]\nallowNextHops: ["${url(port)}"]`;
    const core = await router({ asn: 65101, port: hub, env: configured(guests) });
    const peer = `peers: [{asn: 65101, url: "${url(hub)}", key: come in}]`;
    const guest = await router({ asn: 65200, port, env: configured(peer), servers: await mastra('compiler') });
    await router({ asn: 65300, port: await freePort(), env: configured(peer) });
    await knows(core, 'compiler');
    const reply = await core.call('agent-proxy', { targetAgentId: 'compiler', ...say('hello') });
    expect(reply).toMatchObject({ responseData: { text: 'echo from compiler: hello' } });
    await logged(core, 'AS 65300 is not configured as a peer');
    await guest.stop();
    await forgets(core, 'compiler');
    await until(async () => ((await (await fetch(`${url(hub)}/bgp/peers`)).json()) as object[]).length === 0);
  });

  it('calls no guest at an address that it should not', async () => {
    const [hub, port] = [await freePort(), await freePort()];
    const core = await router({ asn: 65101, port: hub, env: configured('guests: [{asns: 65200}]') });
    await router({ asn: 65200, port, peers: [at(65101, hub)], servers: await mastra('compiler') });
    await knows(core, 'compiler');
    expect(await core.failure('agent-proxy', { targetAgentId: 'compiler', ...say('hello') })).toMatchObject({
      code: 'DENIED_BY_POLICY',
      rule: 'address',
    });
  });

  it('calls no guest that says to be where a server of ours is: what is kept back there would be for every guest', async () => {
    const server = await startMastra({ agents: [{ id: 'ledger', communities: ['no-export'] }] });
    stops.push(() => server.stop());
    const hub = await freePort();
    const env = configured('guests: [{asns: 65200-65299, key: come in}]');
    const core = await router({ asn: 65101, port: hub, env, servers: server.url });
    await knows(core, 'ledger');
    const posing = await RawPeer.dial(url(hub), { asn: 65200, key: 'come in', url: server.url });
    const calling = await RawPeer.dial(url(hub), { asn: 65201, key: 'come in' });
    stops.push(
      () => posing.close(),
      () => calling.close(),
    );
    posing.announce(['ledger']);
    await until(async () => ((await (await fetch(`${url(hub)}/bgp/routes?rib=in`)).json()) as object[]).length > 0);
    await until(() => calling.heard.some(({ type }) => type === 'keepalive'));
    const answer = await fetch(`${url(hub)}/api/agents/ledger/generate`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(await credentials(calling.session)) },
      body: JSON.stringify(say('hello')),
    });
    expect(await answer.json()).toMatchObject({ code: 'DENIED_BY_POLICY' });
    const call = { targetAgentId: 'as65200:ledger', ...say('hello') };
    expect(await core.failure('agent-proxy', call)).toMatchObject({ code: 'DENIED_BY_POLICY', rule: 'address' });
    expect(server.counts()).toEqual({ ledger: { calls: 0, aborted: 0 } });
  });

  it('keeps no more routes of a peer than it may send', async () => {
    const [a, b] = [await freePort(), await freePort()];
    const limits = configured(`peers: [{asn: 65102, url: "${url(b)}", maxRoutes: 2, allowAgents: ["a*"]}]`);
    const finance = await router({ asn: 65101, port: a, env: limits });
    await router({ asn: 65102, port: b, peers: [at(65101, a)], servers: await mastra('a1', 'b1', 'a2', 'a3') });
    await logged(finance, 'max-routes-reached');
    expect(await finance.agents()).toEqual({ a1: [65102] });
  });

  it('forgets a peer that falls silent, and finds it again (RFC 4271 §6.5)', async () => {
    const [a, b] = [await freePort(), await freePort()];
    const quick = (asn: number, port: number) =>
      configured(`peers: [{asn: ${asn}, url: "${url(port)}", holdTimeSeconds: 3}]`);
    const finance = await router({ asn: 65101, port: a, env: quick(65102, b) });
    const engineering = await router({ asn: 65102, port: b, env: quick(65101, a), servers: await mastra('compiler') });
    await knows(finance, 'compiler');
    process.kill(engineering.pid, 'SIGSTOP');
    try {
      await forgets(finance, 'compiler');
      await logged(finance, 'hold-timer-expired');
    } finally {
      process.kill(engineering.pid, 'SIGCONT');
    }
    await knows(finance, 'compiler');
  });
});
