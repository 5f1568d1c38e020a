import { appendFileSync } from 'node:fs';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { serve } from '@hono/node-server';
import { Agent } from '@mastra/core/agent';
import { Mastra } from '@mastra/core/mastra';
import type { RequestContext } from '@mastra/core/request-context';
import { InMemoryStore } from '@mastra/core/storage';
import { createTool } from '@mastra/core/tools';
import { MastraServer } from '@mastra/hono';
import { Memory } from '@mastra/memory';
import { Hono } from 'hono';
import { z } from 'zod';
import { scriptedV1Model } from './scripted-v1-model.ts';
import { scriptedModel, type Behaviour, type ModelCounts, type OnRun } from './scripted-model.ts';

export interface ScriptedAgent {
  readonly id: string;
  /** The key under which the server registers the agent; its id if absent. */
  readonly key?: string;
  /** Agents that this one may call: the server answers to their keys, but does not list them. */
  readonly subAgents?: readonly ScriptedAgent[];
  readonly name?: string;
  readonly description?: string;
  readonly capabilities?: readonly string[];
  readonly communities?: readonly string[];
  /** Gives the agent a tool named `clock`. */
  readonly tool?: boolean;
  /** Gives the agent a tool named `ask` that says what this resolves with; for servers in this process alone. */
  readonly ask?: (requestContext: RequestContext) => Promise<string>;
  readonly memory?: boolean;
  readonly behaviour?: Behaviour;
  readonly chunkDelayMs?: number;
  /** Gives the agent a model of the older kind, which servers run by their legacy calls alone. */
  readonly legacyModel?: boolean;
}

export interface MastraServerOptions {
  readonly agents: readonly ScriptedAgent[];
  readonly port?: number;
  /** When given, every request must carry it as a bearer token. */
  readonly token?: string;
  /** A file to which every run of an agent adds a line with the last words of its user: it outlives the process. */
  readonly ledger?: string;
}

/** How a server behaves from now on, as `POST /mood` sets it. */
export interface Mood {
  /** Before every answer. */
  readonly delayMs?: number;
  /** Whether requests are never answered. */
  readonly hangs?: boolean;
  /** Answers with this status in place of everything else. */
  readonly status?: number;
  /** What `GET /status` says; there is none otherwise. */
  readonly load?: { readonly queueDepth: number; readonly cpuUsage: number };
}

/** Calls and aborts per agent id. */
export type Counts = Readonly<Record<string, Readonly<ModelCounts>>>;

export interface RunningMastra {
  readonly url: string;
  readonly counts: () => Counts;
  readonly stop: () => Promise<void>;
}

process.env['MASTRA_TELEMETRY_DISABLED'] = '1';

/** Starts a real Mastra server whose agents run on scripted models. `GET /counts` tells what reached them, `PUT /agents` replaces them. */
export async function startMastra({ agents, port = 0, token, ledger }: MastraServerOptions): Promise<RunningMastra> {
  const counts: Record<string, ModelCounts> = {};
  const storage = new InMemoryStore();
  const onRun = (words: string): void => {
    if (ledger !== undefined) appendFileSync(ledger, `${words}\n`);
  };
  const mastra = new Mastra({
    storage,
    logger: false,
    agents: realAgents(agents, storage, counts, onRun),
  });
  const app = new Hono();
  app.get('/counts', (context) => context.json(counts));
  addMoods(app);
  app.put('/agents', async (context) => {
    const wanted = await context.req.json<ScriptedAgent[]>();
    for (const id of Object.keys(mastra.listAgents())) mastra.removeAgent(id);
    for (const agent of wanted) mastra.addAgent(realAgent(agent, storage, counts, onRun), keyOf(agent));
    return context.json({});
  });
  app.use('/api/*', async (context, next) => {
    if (token !== undefined && context.req.header('authorization') !== `Bearer ${token}`)
      return context.json({ error: 'Invalid or expired token' }, 401);
    return next();
  });
  await new MastraServer({ app, mastra }).init();
  const server = serve({ fetch: app.fetch, port, hostname: '127.0.0.1' }) as Server;
  if (!server.listening) await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts: () => counts,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function addMoods(app: Hono): void {
  let mood: Mood = {};
  app.post('/mood', async (context) => {
    mood = await context.req.json<Mood>();
    return context.json(mood);
  });
  app.get('/status', (context) => (mood.load === undefined ? context.notFound() : context.json(mood.load)));
  app.use('/api/*', async (context, next) => {
    if (mood.hangs) await pause(600_000, undefined, { signal: context.req.raw.signal }).catch(() => undefined);
    if (mood.delayMs !== undefined) await pause(mood.delayMs);
    if (mood.status !== undefined) return context.json({ error: 'Out of sorts' }, mood.status as 500);
    return next();
  });
}

function keyOf({ key, id }: ScriptedAgent): string {
  return key ?? id;
}

function realAgents(
  agents: readonly ScriptedAgent[],
  storage: InMemoryStore,
  counts: Record<string, ModelCounts>,
  onRun: OnRun,
): Record<string, Agent> {
  return Object.fromEntries(agents.map((agent) => [keyOf(agent), realAgent(agent, storage, counts, onRun)]));
}

function realAgent(
  agent: ScriptedAgent,
  storage: InMemoryStore,
  counts: Record<string, ModelCounts>,
  onRun: OnRun,
): Agent {
  const own = (counts[agent.id] ??= { calls: 0, aborted: 0 });
  const { id, name = id, description = '', subAgents = [] } = agent;
  const model = agent.legacyModel ? scriptedV1Model : scriptedModel;
  return new Agent({
    id,
    name,
    description,
    instructions: `These are the secret instructions of ${id}.`,
    model: model(id, agent.behaviour ?? 'echo', agent.chunkDelayMs ?? 0, own, onRun) as never,
    ...declared(agent),
    ...(agent.tool ? { tools: { clock: clock() } } : {}),
    ...(agent.ask ? { tools: { ask: asking(agent.ask) } } : {}),
    agents: realAgents(subAgents, storage, counts, onRun),
    ...(agent.memory ? { memory: new Memory({ storage }) } : {}),
  });
}

function declared({ capabilities, communities }: ScriptedAgent) {
  return capabilities || communities ? { metadata: { capabilities, communities } } : {};
}

function clock() {
  return createTool({
    id: 'clock',
    description: 'Tells a fixed time',
    inputSchema: z.object({}),
    execute: () => Promise.resolve({ time: '12:00' }),
  });
}

function asking(ask: NonNullable<ScriptedAgent['ask']>) {
  return createTool({
    id: 'ask',
    description: 'Asks another agent',
    inputSchema: z.object({}),
    execute: (_input, { requestContext }) => ask(requestContext),
  });
}

if (import.meta.main) {
  const options = JSON.parse(process.argv[2] ?? '{"agents":[]}') as MastraServerOptions;
  const { url } = await startMastra(options);
  process.stdout.write(`${url}\n`);
}
