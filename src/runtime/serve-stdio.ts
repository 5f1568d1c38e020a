import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setImmediate, setTimeout as elapsed } from 'node:timers/promises';
import pkg from '../../package.json' with { type: 'json' };
import { watchClient, type EndReason } from '../interfaces/mcp/client-gone.ts';
import { ProxyServer } from '../interfaces/mcp/server.ts';
import { LazyRouter } from './lazy-router.ts';

/** Room for what a tool takes and for what it refuses in words; a longer line ends the program. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;

/** How long running calls may go on once nobody is left to serve; the process must be gone within a second. */
const DRAIN_MS = 300;

/** How long it may take to say farewell to peers. */
const FAREWELL_MS = 500;

/** A router has work to do for others even where nobody speaks MCP with it. */
const START_WITHOUT_CLIENT_MS = 1_000;

/** Serves MCP on standard input and `output`; resolves when the process may end. */
export async function serveStdio(output: Writable, env: NodeJS.ProcessEnv): Promise<void> {
  const router = new LazyRouter(env);
  const ended = new Promise<EndReason>((end) => {
    watchClient(output, end);
  });
  const begin = (): void => {
    router.started().catch(() => undefined);
  };
  const unasked = setTimeout(begin, START_WITHOUT_CLIENT_MS);
  const server = new ProxyServer({
    version: pkg.version,
    backend: async () => (await router.started()).backend,
    onReady: begin,
    onError: (error) => {
      router.log({ event: 'unexpected-error', error });
    },
  });
  const transport = new StdioServerTransport(process.stdin, output, { maxBufferSize: MAX_LINE_BYTES });
  const closed = server.serve(transport).then((): EndReason => 'transport-closed');
  const reason = await Promise.race([ended, closed]);
  clearTimeout(unasked);
  router.log({ event: 'shutdown', reason });
  await Promise.race([drained(server, output), elapsed(DRAIN_MS)]);
  await Promise.race([router.stop(), elapsed(FAREWELL_MS)]);
}

/** Resolves when every running call has its answer and the client has it too. */
async function drained(server: ProxyServer, output: Writable): Promise<void> {
  await server.idle();
  await setImmediate();
  // Where it broke there is nobody to wait for.
  await finished(output.end()).catch(() => undefined);
}

/** Asks the running router of this user what it shows to operators; undefined when none of this user listens there. */
export async function askRunning(
  listen: { readonly host: string; readonly port: number },
  question: string,
): Promise<{ readonly status: number; readonly link: string | undefined; readonly body: string } | undefined> {
  const { askOwner } = await import('../control-plane/copies/ask-owner.ts');
  return askOwner(listen, question, process.env);
}
