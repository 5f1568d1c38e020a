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

/** The environment of a router that is configured by a file with this text. */
function configured(text: string): Record<string, string> {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'router-')), 'proxy.yaml');
  writeFileSync(file, text);
  return { AGENT_PROXY_CONFIG: file };
}

const url = (port: number) => `http://127.0.0.1:${port}`;
const at = (asn: number, port: number) => `${asn}@${url(port)}`;
const get = async (port: number, where: string) => (await fetch(`${url(port)}${where}`)).status;

describe('routers with a key', () => {
  it('peer, authenticate calls by tokens, and reject all others', async () => {
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

  it('do not peer if the keys differ, and only their logs have the reason', async () => {
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

  it('show the reason why a peer is away until its session is established', async () => {
    const [a, b] = [await freePort(), await freePort()];
    const peers = [at(65102, b)];
    const finance = await router({ asn: 65101, port: a, peers, env: { BGP_PEER_KEY: 'one secret' } });
    const away = async () => {
      const { serverAgents } = await finance.call<{ serverAgents: { error?: string }[] }>('list-agents', {});
      return serverAgents.at(-1)?.error ?? '';
    };
    await until(async () => (await away()).includes(`No connection to ${url(b)}: connection refused`));
    const stranger = await startTestRouter({
      asn: 65102,
      port: b,
      peers: [at(65101, a)],
      env: { BGP_PEER_KEY: 'another' },
    });
    await until(async () => (await away()).includes(`${url(b)} rejects AS 65101`));
    const shown = async () => ((await (await fetch(`${url(a)}/bgp/peers`)).json()) as object[])[0];
    expect(await shown()).toMatchObject({ error: expect.stringContaining(`${url(b)} rejects`) as string });
    await stranger.stop();
    await router({ asn: 65102, port: b, peers: [at(65101, a)], env: { BGP_PEER_KEY: 'one secret' } });
    await until(async () => (await away()) === '');
    expect(await shown()).not.toHaveProperty('error');
  });

  it('do not confuse members of one AS that have keys of their own', async () => {
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
    expect(serverAgents.at(-1)?.serverDescription).toContain('its agents cannot be called');
  });

  it('serve only /healthz without a token if other machines can reach them', async () => {
    const port = await freePort();
    await router({ asn: 65101, port, env: { BGP_LISTEN: `0.0.0.0:${port}`, BGP_PEER_KEY: 'secret' } });
    await until(async () => (await get(port, '/healthz').catch(() => 0)) === 200);
    for (const where of ['/bgp/routes', '/bgp/status', '/metrics', '/api/agents'])
      expect(await get(port, where)).toBe(401);
  });

  it('still show their views to the command line of their own user, but of no other user', async () => {
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
    expect((await asked({}, 'explain', 'nobody')).err).toBe("There is no route to 'nobody'.\n");
    const stranger = await asked({ HOME: mkdtempSync(path.join(tmpdir(), 'home-')) }, 'status');
    expect(stranger).toMatchObject({ out: '', err: expect.stringContaining('requires the operators.key') as string });
  });
});

describe('a router', () => {
  it('is rejected if its AS differs from the configured one', async () => {
    const [a, b] = [await freePort(), await freePort()];
    const [finance] = await Promise.all([
      router({ asn: 65101, port: a, peers: [at(65102, b)] }),
      router({ asn: 65103, port: b, peers: [at(65101, a)], servers: await mastra('x') }),
    ]);
    await logged(finance, 'AS 65103 answers');
    await logged(finance, 'AS 65103 is not configured as a peer');
    expect(await finance.agents()).toEqual({});
  });

  it('that others cannot reach peers and calls over the connection that it has dialled', async () => {
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

  it('accepts guests with the key and an AS of the range, until they leave', async () => {
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

  it('does not call a guest at an address that is not allowed', async () => {
    const [hub, port] = [await freePort(), await freePort()];
    const core = await router({ asn: 65101, port: hub, env: configured('guests: [{asns: 65200}]') });
    await router({ asn: 65200, port, peers: [at(65101, hub)], servers: await mastra('compiler') });
    await knows(core, 'compiler');
    expect(await core.failure('agent-proxy', { targetAgentId: 'compiler', ...say('hello') })).toMatchObject({
      code: 'DENIED_BY_POLICY',
      rule: 'address',
    });
  });

  it('does not call a guest at the URL of an own server, because guests would reach agents that are not exported', async () => {
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

  it('keeps only the routes that a peer may send', async () => {
    const [a, b] = [await freePort(), await freePort()];
    const limits = configured(`peers: [{asn: 65102, url: "${url(b)}", maxRoutes: 2, allowAgents: ["a*"]}]`);
    const finance = await router({ asn: 65101, port: a, env: limits });
    await router({ asn: 65102, port: b, peers: [at(65101, a)], servers: await mastra('a1', 'b1', 'a2', 'a3') });
    await logged(finance, 'max-routes-reached');
    expect(await finance.agents()).toEqual({ a1: [65102] });
  });

  it('drops a peer that becomes silent, and peers with it again later (RFC 4271 §6.5)', async () => {
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
