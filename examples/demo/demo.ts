// npm run demo: two servers behind one router, as a user of the two tools sees them. `--keep` leaves the servers running
// afterwards and prints what to paste into a client's settings.
// npm run demo -- network: three organisations whose routers peer.
import { parseArgs } from 'node:util';
import { showNetwork } from './network.ts';
import { Servers } from './running-servers.ts';
import { showTwoServers } from './two-servers.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { keep: { type: 'boolean' } } });
const keep = values.keep === true;
const servers = new Servers(keep);

/** Servers of their own would outlive a demo that is broken off. */
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
