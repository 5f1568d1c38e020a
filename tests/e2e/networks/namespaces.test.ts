import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spawnMastra } from '../../servers/mastra-process.ts';
import { logged } from '../test-router.ts';
import { startProgram, until, type Program } from '../program.ts';
import { LossyWire, Namespace, whyNoNamespaces } from './namespaces.ts';

const AGENT = 'far-agent';
const PORT = 3001;
const FIRST_ASN = 64_600;
const CALLS = 8;
/** A session is lost and found within that, the retries of a peer that was away included. */
const HEAL_WITHIN_MS = 30_000;

interface Listing {
  readonly serverAgents: readonly { readonly agents: readonly { readonly id: string }[] }[];
}

/** Undone in the opposite order, also when the set-up fails halfway. */
const undo: (() => unknown)[] = [];

async function startRouter(at: number, namespaces: readonly Namespace[], servers: string[]): Promise<Program> {
  const url = (router: number) => `http://${namespaces[router]?.address}:${PORT}`;
  const peers = [at - 1, at + 1]
    .filter((peer) => peer in namespaces)
    .map((peer) => ({
      asn: FIRST_ASN + peer,
      name: `router${peer}`,
      url: url(peer),
      key: `the key of ${Math.min(at, peer)}`,
      insecure: true,
      holdTimeSeconds: 3,
    }));
  const folder = mkdtempSync(path.join(tmpdir(), 'agent-namespace-'));
  undo.push(() => {
    rmSync(folder, { recursive: true });
  });
  const file = path.join(folder, 'router.json');
  const own = { asn: FIRST_ASN + at, routerId: `10.0.0.${at + 1}`, listen: url(at).slice('http://'.length) };
  writeFileSync(file, JSON.stringify({ ...own, peers, servers: servers.map((server) => ({ url: server })) }));
  const env = { AGENT_PROXY_CONFIG: file, HOME: folder, LOG_LEVEL: 'info' };
  const program = await startProgram(env, namespaces[at]?.within);
  undo.push(() => program.stop());
  return program;
}

const reason = whyNoNamespaces();
if (reason !== undefined) console.warn(`No test in network namespaces: ${reason}`);

describe('three routers in network namespaces of their own', { timeout: 90_000 }, () => {
  let far: Program;
  let middle: Program;
  let caller: Program;
  /** Between the router that has the agent and the one in the middle, and on to the caller's. */
  let wires: readonly [LossyWire, LossyWire];

  beforeAll(async () => {
    if (reason !== undefined) return;
    const namespaces: Namespace[] = [];
    for (const at of [0, 1, 2]) {
      const namespace = await Namespace.create(at);
      undo.push(() => namespace.delete());
      namespaces.push(namespace);
    }
    const [a, b, c] = namespaces as [Namespace, Namespace, Namespace];
    const plug = async (one: Namespace, other: Namespace) => {
      const wire = await LossyWire.between(one, other);
      undo.push(() => wire.remove());
      return wire;
    };
    wires = [await plug(a, b), await plug(b, c)];
    const server = await spawnMastra({ agents: [{ id: AGENT }] }, false, a.within);
    undo.push(() => server.kill());
    far = await startRouter(0, namespaces, [server.url]);
    middle = await startRouter(1, namespaces, []);
    caller = await startRouter(2, namespaces, []);
  });

  afterAll(async () => {
    const failed: unknown[] = [];
    for (const step of undo.reverse()) {
      try {
        await step();
      } catch (error) {
        failed.push(error);
      }
    }
    expect(failed).toEqual([]);
  });

  async function knowsAgent(): Promise<boolean> {
    const { serverAgents } = await caller.call<Listing>('list-agents', {});
    return serverAgents.some(({ agents }) => agents.some(({ id }) => id === AGENT));
  }

  async function ask(interactionType: string, content: string): Promise<void> {
    const messages = [{ role: 'user', content }];
    const answer = await caller.call('agent-proxy', { targetAgentId: AGENT, interactionType, messages });
    const asPath = [FIRST_ASN + 1, FIRST_ASN];
    expect(answer).toMatchObject({
      responseData: { text: `echo from ${AGENT}: ${content}` },
      routeMetrics: { asPath },
    });
  }

  it('answer every call where one packet in twelve is lost and the others are late', async ({ skip }) => {
    skip(reason !== undefined, reason);
    await until(knowsAgent);
    const disturbed = () => Promise.all(wires.map((wire) => wire.set(0.08, 10)));
    let lost = await disturbed();
    for (let call = 0; call < CALLS || lost.includes(0); call++) {
      await ask(call % 2 === 0 ? 'generate' : 'stream', `question ${call}`);
      lost = await disturbed();
    }
    for (const wire of wires) await wire.set(0, 0);
  });

  it('give a peer up at the hold time when every packet is lost, and find it again (RFC 4271 §6.5)', async ({
    skip,
  }) => {
    skip(reason !== undefined, reason);
    await until(knowsAgent);
    await wires[0].set(1, 0);
    await until(async () => !(await knowsAgent()));
    await logged(middle, 'hold-timer-expired');
    expect(await caller.failure('agent-proxy', call('lost'))).toMatchObject({ code: 'AGENT_NOT_FOUND' });
    await wires[0].set(0, 0);
    await until(knowsAgent, HEAL_WITHIN_MS);
    await ask('generate', 'found again');
  });

  it('lose one another and heal when the wire is pulled out and plugged in', async ({ skip }) => {
    skip(reason !== undefined, reason);
    await until(knowsAgent);
    await wires[1].pullOut();
    await until(async () => !(await knowsAgent()));
    await logged(caller, 'hold-timer-expired');
    // The side that has the agent is whole.
    expect(await middle.call('agent-proxy', call('still here'))).toMatchObject({ success: true });
    expect(await far.call('agent-proxy', call('here'))).toMatchObject({ success: true });
    await wires[1].plugIn();
    await until(knowsAgent, HEAL_WITHIN_MS);
    await ask('stream', 'whole again');
  });
});

function call(content: string): object {
  return { targetAgentId: AGENT, messages: [{ role: 'user', content }] };
}
