import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a server of that release answered, byte for byte; recorded from the published packages with a scripted model. */
interface Recording {
  readonly version: string;
  readonly exchanges: readonly Exchange[];
}

interface Exchange {
  readonly method: string;
  readonly path: string;
  /** The last words of the request. */
  readonly said?: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type RecordedVersion = '0.10.15' | '0.20.2';

export interface Call {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>> & { readonly messages?: readonly { readonly content: string }[] };
}

export interface RecordedServer {
  readonly url: string;
  /** The calls that came. */
  readonly calls: readonly Call[];
  readonly stop: () => Promise<void>;
}

/**
 * Replays an old Mastra server, whose packages are too heavy to install for the tests. Its one agent, `legacyAgent`,
 * knows what to answer to `hi`, `tool`, `fail` and `mid`.
 */
export async function startRecorded(version: RecordedVersion): Promise<RecordedServer> {
  const file = new URL(`recorded/mastra-${version}.json`, import.meta.url);
  const { exchanges } = JSON.parse(readFileSync(file, 'utf8')) as Recording;
  const calls: Call[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url: path = '' } = request;
      const body = method === 'POST' ? (JSON.parse(Buffer.concat(chunks).toString()) as Call['body']) : {};
      if (method === 'POST') calls.push({ path, body });
      const said = body.messages?.at(-1)?.content;
      const found = exchanges.find((one) => one.method === method && one.path === path && one.said === said);
      if (found === undefined) response.writeHead(501).end('This was not recorded.');
      else response.writeHead(found.status, found.headers).end(found.body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
