import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import type { MastraProcess } from '../../tests/servers/mastra-process.ts';
import { clientBlock } from './client-blocks.ts';
import { Narrator } from './narrator.ts';
import { Proxy, type Answer, type Listing } from './proxy.ts';
import type { Servers } from './running-servers.ts';
import { SERVERS } from './servers.ts';

const PROGRAM = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const STEPS = 10;

const narrator = new Narrator(process.stdout, STEPS);

function showListing({ serverAgents, summary }: Listing): void {
  for (const { serverName, serverUrl, asn, status, error, agents } of serverAgents) {
    const colour = status === 'online' ? 'green' : 'red';
    narrator.detail(`${styleText('bold', serverName)}  AS${asn}  ${serverUrl}  ${styleText(colour, status)}`);
    for (const { id, capabilities } of agents) narrator.detail(`    ${id.padEnd(14)} ${capabilities.join(', ')}`);
    if (error !== undefined) narrator.detail(`    ${error}`);
  }
  for (const { agentId, servers } of summary.agentConflicts)
    narrator.detail(`${agentId} is on ${servers.join(' and ')}: the decision process chooses`);
}

function showAnswer({ responseData, fullyQualifiedId, serverUsed, resolutionMethod }: Answer): void {
  narrator.detail(`“${responseData.text}”`);
  narrator.detail(styleText('dim', `${fullyQualifiedId} at ${serverUsed}, by ${resolutionMethod}`));
}

async function callAgents(proxy: Proxy): Promise<void> {
  const question = 'Will it rain in Basel?';
  showAnswer(await narrator.step('Call the best copy of weatherAgent', () => proxy.call('weatherAgent', question)));
  showAnswer(
    await narrator.step('Call the copy on the second server: server1:weatherAgent', () =>
      proxy.call('server1:weatherAgent', question),
    ),
  );
  const { responseData } = await narrator.liveStep('Stream poetAgent, with a progress notification per chunk', (say) =>
    proxy.call('poetAgent', 'packets find their paths, and so do calls to agents', say),
  );
  narrator.detail(styleText('dim', `${responseData.chunks ?? 0} chunks`));
}

async function loseServer(proxy: Proxy, servers: Servers, first: MastraProcess): Promise<void> {
  const title = `Kill the first server (pid ${first.pid}) and list again`;
  const listing = await narrator.step(title, async () => {
    await servers.kill(first);
    return proxy.list(true);
  });
  showListing(listing);
  showAnswer(
    await narrator.step('Call weatherAgent again: the other copy answers', () =>
      proxy.call('weatherAgent', 'And now?'),
    ),
  );
  const back = await narrator.step('Start the first server again', async () => {
    await servers.start({ ...SERVERS[0], port: Number(new URL(first.url).port) });
    return proxy.list(true);
  });
  showListing(back);
}

function showBlocks(urls: readonly string[], pids: readonly number[]): void {
  const block = clientBlock(PROGRAM, urls);
  narrator.say(`\nThe servers keep running. Stop them with: kill ${pids.join(' ')}`);
  narrator.say(
    `\n${styleText('bold', 'Claude Code')}: save this as .mcp.json in the folder where you run claude\n\n${block}`,
  );
  narrator.say(`\n${styleText('bold', 'Cursor')}: save this as .cursor/mcp.json in your project\n\n${block}\n`);
}

/** Shows two real Mastra servers behind the built program, from the view of a user of the two tools. */
export async function showTwoServers(servers: Servers, keep: boolean): Promise<void> {
  narrator.say(styleText('bold', '\nmcp-agent-proxy: two tools, any agent, routed like BGP\n'));
  const [first, second] = await narrator.step('Start two Mastra servers', () =>
    Promise.all([servers.start(SERVERS[0]), servers.start(SERVERS[1])]),
  );
  const urls = [first.url, second.url];
  narrator.detail(...urls);
  const proxy = new Proxy(PROGRAM, { MASTRA_SERVERS: urls.join(' ') });
  const tools = await narrator.step('Start the program as an MCP client does', () => proxy.start());
  narrator.detail(`tools: ${tools}`);
  try {
    showListing(await narrator.step('List the agents', () => proxy.list(false)));
    await callAgents(proxy);
    await loseServer(proxy, servers, first);
  } finally {
    await narrator.step('End', async () => {
      await proxy.stop();
      if (!keep) await servers.kill();
    });
  }
  if (keep) showBlocks(urls, servers.pids);
}
