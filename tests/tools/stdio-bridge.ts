import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Bridge {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** Offers a program that speaks MCP on stdio over HTTP, with one process per session, for clients that know only HTTP. */
export async function startBridge(args: readonly string[], env: Record<string, string>): Promise<Bridge> {
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  const programs = new Set<Transport>();

  async function newSession(): Promise<StreamableHTTPServerTransport> {
    const program = new StdioClientTransport({ command: process.execPath, args: [...args], env, stderr: 'ignore' });
    const http = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void sessions.set(id, http),
    });
    http.onmessage = (message) => void program.send(message);
    program.onmessage = (message) => void http.send(message);
    programs.add(program);
    await Promise.all([program.start(), http.start()]);
    return http;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const session = sessions.get(String(request.headers['mcp-session-id']));
    await (session ?? (await newSession())).handleRequest(request, response);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    stop: async () => {
      await Promise.all([...programs].map((program) => program.close()));
      server.closeAllConnections();
      server.close();
    },
  };
}
