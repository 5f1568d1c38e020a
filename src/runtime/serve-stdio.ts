import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setImmediate, setTimeout as elapsed } from 'node:timers/promises';
import pkg from '../../package.json' with { type: 'json' };
import { watchClient, type EndReason } from '../interfaces/mcp/client-gone.ts';
import { ProxyServer } from '../interfaces/mcp/server.ts';
import { LazyRouter } from './lazy-router.ts';

/**
 * Maximum length of a line. It leaves room for inputs that a tool rejects with a message. A longer line ends the
 * program.
 */
const MAX_LINE_BYTES = 16 * 1024 * 1024;

/** Time for running calls to end after the client has gone. The process must exit within a second. */
const DRAIN_MS = 300;

/** Time for closing the sessions with peers. */
const FAREWELL_MS = 500;

/** Delay after which the router starts even without an MCP client, because it also serves other routers. */
const START_WITHOUT_CLIENT_MS = 1_000;

/** Serves MCP on standard input and `output`. Resolves when the process may exit. */
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

/** Resolves when every running call has been answered and the client has received the answers. */
async function drained(server: ProxyServer, output: Writable): Promise<void> {
  await server.idle();
  await setImmediate();
  // A broken output has no reader to wait for.
  await finished(output.end()).catch(() => undefined);
}

/**
 * Sends an operator's question to the running router of this user. Resolves with undefined if no router of this user
 * listens there.
 */
export async function askRunning(
  listen: { readonly host: string; readonly port: number },
  question: string,
): Promise<{ readonly status: number; readonly link: string | undefined; readonly body: string } | undefined> {
  const { askOwner } = await import('../control-plane/copies/ask-owner.ts');
  return askOwner(listen, question, process.env);
}
