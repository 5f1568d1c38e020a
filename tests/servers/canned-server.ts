import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const AGENTS = JSON.stringify({
  canned: { id: 'canned', name: 'Canned', description: 'Always says the same', tools: {}, modelVersion: 'v2' },
});
const REPLY = JSON.stringify({
  text: 'two words',
  usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 },
  toolCalls: [],
  finishReason: 'stop',
});
const STREAM = [
  { type: 'start', payload: {} },
  { type: 'text-delta', payload: { text: 'two ' } },
  { type: 'text-delta', payload: { text: 'words' } },
  { type: 'finish', payload: { stepResult: { reason: 'stop' }, output: { usage: { totalTokens: 5 } } } },
]
  .map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`)
  .join('')
  .concat('data: [DONE]\n\n');

export interface CannedServer {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** Starts the fastest server that answers like Mastra: one agent, `canned`, whose replies were made beforehand. */
export async function startCanned(port = 0): Promise<CannedServer> {
  const server = createServer((request, response) => {
    request.resume();
    const { url = '' } = request;
    const streaming = url.endsWith('/stream');
    const body = streaming ? STREAM : url.endsWith('/generate') ? REPLY : AGENTS;
    response.writeHead(200, {
      'content-type': streaming ? 'text/event-stream' : 'application/json',
      'content-length': body.length,
    });
    response.end(body);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

if (import.meta.main) {
  const { url } = await startCanned(Number(process.argv[2] ?? 0));
  process.stdout.write(`${url}\n`);
}
