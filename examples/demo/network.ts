import { execFile } from 'node:child_process';
import { setTimeout as pass } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify, styleText } from 'node:util';
import { freePort } from '../../tests/servers/free-port.ts';
import { Narrator } from './narrator.ts';
import { ORGANISATIONS, type OrganisationName } from './organisations.ts';
import { CallFailed, Proxy, type Answer, type ListedAgent } from './proxy.ts';
import type { Servers } from './running-servers.ts';

const PROGRAM = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const NAMES: readonly OrganisationName[] = ['finance', 'core', 'engineering'];
const STEPS = 12;
const PATIENCE_MS = 30_000;

type Routers = Readonly<Record<OrganisationName, Proxy>>;
type Env = Readonly<Record<string, string>> & { readonly BGP_LISTEN: string };
type Envs = Readonly<Record<OrganisationName, Env>>;

const narrator = new Narrator(process.stdout, STEPS);

/** Shows three organisations with a router each: calls across two hops, a call that policy denies, and a core that crashes. */
export async function showNetwork(servers: Servers): Promise<void> {
  narrator.say(styleText('bold', '\nThree organisations, one network of agents\n'));
  narrator.say('  finance AS65001  ←→  core AS65000  ←→  engineering AS65002\n');
  const urls = await narrator.step('Start the Mastra servers of finance and engineering', () => startServers(servers));
  const envs = await environments(urls);
  const routers: Record<OrganisationName, Proxy> = {
    finance: new Proxy(PROGRAM, envs.finance),
    core: new Proxy(PROGRAM, envs.core),
    engineering: new Proxy(PROGRAM, envs.engineering),
  };
  try {
    await meet(routers, envs);
    await callAcross(routers);
    await showTrace(envs.finance.BGP_LISTEN);
    await beDenied(routers);
    routers.core = await loseCore(routers, envs);
  } finally {
    await narrator.step('End', async () => {
      await Promise.all(NAMES.map((name) => routers[name].stop()));
      await servers.kill();
    });
  }
}

async function startServers(servers: Servers): Promise<ReadonlyMap<OrganisationName, string>> {
  const urls = new Map<OrganisationName, string>();
  for (const name of NAMES) {
    const { server } = ORGANISATIONS[name];
    if (server !== undefined) urls.set(name, (await servers.start(server)).url);
  }
  return urls;
}

/** Returns the variables of each router: its AS, its listener, its peers, its servers and its policy. */
async function environments(servers: ReadonlyMap<OrganisationName, string>): Promise<Envs> {
  const ports = { finance: await freePort(), core: await freePort(), engineering: await freePort() };
  const env = (name: OrganisationName) => {
    const { asn, peers, policy } = ORGANISATIONS[name];
    return {
      BGP_ASN: String(asn),
      BGP_LISTEN: `127.0.0.1:${ports[name]}`,
      BGP_PEERS: peers.map((peer) => `${ORGANISATIONS[peer].asn}@http://127.0.0.1:${ports[peer]}`).join(' '),
      MASTRA_SERVERS: servers.get(name) ?? 'none',
      ...(policy !== undefined && { AGENT_ROUTING_POLICY: policy }),
    };
  };
  return { finance: env('finance'), core: env('core'), engineering: env('engineering') };
}

async function meet(routers: Routers, envs: Envs): Promise<void> {
  await narrator.step('Start a router for each, as an MCP client does', () =>
    Promise.all(NAMES.map((name) => routers[name].start())),
  );
  for (const name of NAMES) {
    narrator.detail(styleText('bold', ORGANISATIONS[name].name));
    for (const [variable, value] of Object.entries(envs[name])) narrator.detail(`    ${variable}=${shortened(value)}`);
  }
  await narrator.step('The routers exchange their routes', async () => {
    await knows(routers.finance, 'codeAgent');
    await knows(routers.engineering, 'reportAgent');
  });
  for (const name of NAMES) await showAgents(name, routers[name]);
}

async function callAcross({ finance, engineering }: Routers): Promise<void> {
  const code = await narrator.step('Finance calls codeAgent, two hops away', () =>
    finance.call('codeAgent', 'Round to the cent.'),
  );
  showAnswer('finance', code);
  const tests = await narrator.step('Finance calls any agent with coding/testing', () =>
    finance.call('coding/testing', 'Is it round?'),
  );
  showAnswer('finance', tests);
  const report = await narrator.liveStep('Engineering streams reportAgent, which is public', (say) =>
    engineering.call('reportAgent', 'this year went well', say),
  );
  showAnswer('engineering', report);
}

/** Runs the command that an operator would type, against the finance router. */
async function showTrace(listener: string): Promise<void> {
  const args = ['trace', 'codeAgent', '--url', `http://${listener}`];
  const table = await narrator.step(`Trace the path: mcp-agent-proxy ${args.join(' ')}`, async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, ...args]);
    return stdout.trimEnd().split('\n');
  });
  narrator.detail(...table);
}

async function beDenied({ core, engineering }: Routers): Promise<void> {
  const allowed = await narrator.step('The core calls budgetAgent of finance', () =>
    core.call('budgetAgent', 'How much is left?'),
  );
  showAnswer('core', allowed);
  const failure = await narrator.step(
    'Engineering tries the same: the policy no-finance-to-engineering denies it',
    () => failureOf(engineering.call('budgetAgent', 'How much is left?')),
  );
  narrator.detail(failure.message);
}

/** Kills and restarts the core, and returns the new one. */
async function loseCore(routers: Routers, envs: Envs): Promise<Proxy> {
  await narrator.step(`Kill the core (pid ${routers.core.pid})`, async () => {
    await routers.core.kill();
    await forgets(routers.finance, 'codeAgent');
  });
  const failure = await failureOf(routers.finance.call('codeAgent', 'Are you there?'));
  narrator.detail(failure.message);
  const core = new Proxy(PROGRAM, envs.core);
  const back = await narrator.step('Start the core again, and call codeAgent as soon as it is back', async () => {
    await core.start();
    await knows(routers.finance, 'codeAgent');
    return routers.finance.call('codeAgent', 'Are you there?');
  });
  showAnswer('finance', back);
  return core;
}

async function showAgents(name: OrganisationName, router: Proxy): Promise<void> {
  const { name: title, server } = ORGANISATIONS[name];
  narrator.detail(styleText('bold', `${title} can call`));
  for (const { id, route } of await agentsOf(router)) {
    const isOwn = server?.agents.some((agent) => agent.id === id) === true;
    narrator.detail(`    ${id.padEnd(14)} ${isOwn ? 'own agent' : `AS path ${route.asPath.join(' ')}`}`);
  }
}

function showAnswer(from: OrganisationName, { responseData, routeMetrics, fullyQualifiedId }: Answer): void {
  narrator.detail(`“${responseData.text}”`);
  const way = [ORGANISATIONS[from].asn, ...routeMetrics.asPath].map((asn) => `AS${asn}`).join(' → ');
  narrator.detail(styleText('dim', `${fullyQualifiedId} by ${way}`));
}

async function agentsOf(router: Proxy): Promise<readonly ListedAgent[]> {
  const { serverAgents } = await router.list(false);
  return serverAgents.flatMap(({ agents }) => agents);
}

function knows(router: Proxy, agent: string): Promise<void> {
  return until(async () => (await agentsOf(router)).some(({ id }) => id === agent));
}

function forgets(router: Proxy, agent: string): Promise<void> {
  return until(async () => !(await agentsOf(router)).some(({ id }) => id === agent));
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error('the routers did not settle in time');
    await pass(10);
  }
}

async function failureOf(call: Promise<Answer>): Promise<CallFailed> {
  try {
    await call;
  } catch (error) {
    if (error instanceof CallFailed) return error;
    throw error;
  }
  throw new Error('a call succeeded that should have failed');
}

function shortened(value: string): string {
  return value.replace(/^.*(?=examples\/policies\/)/, '');
}
