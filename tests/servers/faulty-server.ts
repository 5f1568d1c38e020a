import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands in error replies of the faulty servers and must never reach a caller. */
export const LEAKED_SECRET = 'sk-live-4f9a8b7c6d5e4f3a2b1c';

/** A server's way to misbehave. Agents of a faulty server are named after what happens when they are called. */
export const FAULTS = {
  hang: () => undefined,
  reset: (response) => response.socket?.resetAndDestroy(),
  html: (response) => {
    reply(response, 200, '<!doctype html><title>Welcome</title>', { 'content-type': 'text/html' });
  },
  'bad-json': (response) => {
    reply(response, 200, '{"text": "never clos');
  },
  'wrong-shape': (response) => {
    reply(response, 200, '[1, 2, 3]');
  },
  redirect: (response) => {
    reply(response, 307, '', { location: '/api/agents/ok/generate' });
  },
  /** What is done with a form: the work is done, and its result is elsewhere. */
  'see-other': (response) => {
    reply(response, 303, '', { location: '/api/agents' });
  },
  '401': (response, request) => {
    const error = ['Invalid or expired token', ...[request.headers['x-pass'] ?? []].flat()].join(' ');
    reply(response, 401, JSON.stringify({ error }));
  },
  '403': (response) => {
    reply(response, 403, '{"error":"Access denied"}');
  },
  '404-page': (response) => {
    reply(response, 404, '404 Not Found', { 'content-type': 'text/plain' });
  },
  '400': (response) => {
    const issues = [{ field: 'maxSteps', message: 'expected number, received string' }];
    reply(response, 400, JSON.stringify({ error: 'Invalid request body', issues }));
  },
  '429': (response) => {
    reply(response, 429, '{"error":"Too many requests"}', { 'retry-after': '7' });
  },
  '500': (response) => {
    reply(response, 500, JSON.stringify({ error: leakingError('The database is away') }));
  },
  '503': (response) => {
    reply(response, 503, 'upstream connect error', { 'content-type': 'text/plain' });
  },
  huge: (response) => void huge(response),
  endless: (response) => void endless(response),
  /** The connection breaks in the middle of the body. */
  cut: (response, request) => void cut(response, request),
  /** A stream that begins and then has nothing more to say. */
  slow: (response) => void slow(response),
  /** The body ends as it should, but no `finish` came. */
  unfinished: (response) => void unfinished(response),
  'error-chunk': (response) => void errorChunk(response),
  'garbled-chunk': (response) => void garbledChunk(response),
} satisfies Record<string, (response: ServerResponse, request: IncomingMessage) => unknown>;

export type Fault = keyof typeof FAULTS;

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Whether the client went away before the reply was complete. */
  abandoned: boolean;
}

export interface FaultyServer {
  readonly url: string;
  readonly port: number;
  readonly seen: readonly Seen[];
  /** From now on the listing misbehaves too, or is right again. */
  readonly setListing: (fault: Fault | undefined) => void;
  readonly stop: () => Promise<void>;
}

/** Starts a server that lists one agent per fault, and `ok` and `long`, which answer well. */
export async function startFaulty(listing?: Fault): Promise<FaultyServer> {
  const seen: Seen[] = [];
  let listingFault = listing;
  const server = createServer((request, response) => {
    const { method = '', url: path = '', headers } = request;
    const entry: Seen = { method, path, headers, abandoned: false };
    seen.push(entry);
    response.on('close', () => (entry.abandoned = !response.writableFinished));
    request.resume();
    request.on('end', () => {
      answer(path, response, request, listingFault);
    });
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    seen,
    setListing: (fault) => (listingFault = fault),
    stop: () => close(server),
  };
}

/** A base URL at which nobody listens. */
export async function refusedUrl(): Promise<string> {
  const server = createServer();
  const port = await listen(server);
  await close(server);
  return `http://127.0.0.1:${port}`;
}

function answer(path: string, response: ServerResponse, request: IncomingMessage, listing: Fault | undefined): void {
  const { pathname } = new URL(path, 'http://localhost');
  const id = /^\/api\/agents\/([^/]+)\/(?:generate|stream)(?:-legacy)?$/.exec(pathname)?.[1];
  if (pathname === '/api/agents') {
    if (listing === undefined) reply(response, 200, JSON.stringify(agents()));
    else FAULTS[listing](response, request);
  } else if (id !== undefined && id in FAULTS) FAULTS[id as Fault](response, request);
  else if (id === 'ok') reply(response, 200, JSON.stringify({ text: 'fine', finishReason: 'stop' }));
  else if (id === 'long')
    reply(response, 200, JSON.stringify({ text: 'x'.repeat(4 * MEGABYTE), finishReason: 'stop' }));
  else reply(response, 404, '{"error":"Not Found"}');
}

function agents(): Record<string, unknown> {
  const ids = [...Object.keys(FAULTS), 'ok', 'long'];
  return Object.fromEntries(ids.map((id) => [id, { id, name: id, description: '', tools: {}, modelVersion: 'v2' }]));
}

function reply(response: ServerResponse, status: number, body: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
}

function leakingError(message: string): Record<string, string> {
  return {
    message: `${message} (key ${LEAKED_SECRET})`,
    name: 'Error',
    stack: `Error: ${message}\n    at query (/srv/app/database.js:17:9)\n    at async /srv/app/${LEAKED_SECRET}.js:3:1`,
  };
}

const MEGABYTE = 1024 * 1024;

async function huge(response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('{"text":"');
  for (let sent = 0; sent < 50 && !response.destroyed; sent += 1) await written(response, 'x'.repeat(MEGABYTE));
  response.end('"}');
}

async function endless(response: ServerResponse): Promise<void> {
  sse(response);
  while (!response.destroyed) await written(response, chunk('text-delta', { text: 'and so on '.repeat(1000) }));
}

async function cut(response: ServerResponse, request: IncomingMessage): Promise<void> {
  if (!request.url?.endsWith('/stream')) {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
    await written(response, '{"text": "half a');
  } else {
    sse(response);
    await written(response, twoWords());
  }
  response.socket?.resetAndDestroy();
}

async function slow(response: ServerResponse): Promise<void> {
  sse(response);
  await written(response, twoWords());
}

async function unfinished(response: ServerResponse): Promise<void> {
  sse(response);
  await written(response, twoWords());
  response.end();
}

async function errorChunk(response: ServerResponse): Promise<void> {
  sse(response);
  await written(response, twoWords() + chunk('error', { error: leakingError('The model is overloaded') }));
  response.end(chunk('finish', { stepResult: { reason: 'error' } }));
}

async function garbledChunk(response: ServerResponse): Promise<void> {
  sse(response);
  await written(response, `${twoWords()}data: {"type": "text-del\n\n`);
  response.end(chunk('finish', { stepResult: { reason: 'stop' } }));
}

function sse(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
}

function twoWords(): string {
  return chunk('text-delta', { text: 'half ' }) + chunk('text-delta', { text: 'an answer' });
}

function chunk(type: string, payload: unknown): string {
  return `data: ${JSON.stringify({ type, runId: 'run', from: 'AGENT', payload })}\n\n`;
}

function written(response: ServerResponse, text: string): Promise<void> {
  return new Promise((resolve) => {
    response.write(text, () => {
      resolve();
    });
  });
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
