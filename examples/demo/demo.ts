// npm run demo: two servers behind one router, from the view of a user of the two tools. `--keep` leaves the servers
// running and prints the block for a client's settings.
// npm run demo -- network: three organisations whose routers peer.
import { parseArgs } from 'node:util';
import { showNetwork } from './network.ts';
import { Servers } from './running-servers.ts';
import { showTwoServers } from './two-servers.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { keep: { type: 'boolean' } } });
const keep = values.keep === true;
const servers = new Servers(keep);

/** Kills the servers and exits, because their processes would outlive an interrupted demo. */
function endWith(exitCode: number): void {
  void servers.kill().finally(() => process.exit(exitCode));
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => endWith(130));
process.stdout.once('error', () => endWith(1));

try {
  if (positionals.includes('network')) await showNetwork(servers);
  else await showTwoServers(servers, keep);
} catch (error) {
  console.log(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}`);
  endWith(1);
}
