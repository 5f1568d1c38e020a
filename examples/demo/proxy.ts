import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';

export interface ListedServer {
  readonly serverName: string;
  readonly serverUrl: string;
  readonly asn: number;
  readonly status: 'online' | 'error';
  readonly error?: string;
  readonly agents: readonly ListedAgent[];
}

export interface ListedAgent {
  readonly id: string;
  readonly capabilities: readonly string[];
  readonly route: { readonly asPath: readonly number[]; readonly nextHop: string };
}

export interface Listing {
  readonly serverAgents: readonly ListedServer[];
  readonly summary: {
    readonly agentConflicts: readonly { readonly agentId: string; readonly servers: readonly string[] }[];
  };
}

export interface Answer {
  readonly responseData: { readonly text: string; readonly toolCalls?: readonly string[]; readonly chunks?: number };
  readonly serverUsed: string;
  readonly fullyQualifiedId: string;
  readonly resolutionMethod: string;
  readonly routeMetrics: { readonly asPath: readonly number[] };
}

/** The error object of a failed call. */
export class CallFailed extends Error {
  readonly code: string;

  constructor({ code, message }: { readonly code: string; readonly message: string }) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

/** The program as an MCP client starts it: a child process that communicates over its standard input and output. */
export class Proxy {
  readonly #client = new Client({ name: 'demo', version: '1.0.0' });
  readonly #transport: StdioClientTransport;

  constructor(program: string, env: Readonly<Record<string, string>>) {
    this.#transport = new StdioClientTransport({
      command: process.execPath,
      args: [program],
      env: { LOG_LEVEL: 'error', ...env },
      stderr: 'inherit',
    });
  }

  get pid(): number {
    return this.#transport.pid ?? 0;
  }

  async start(): Promise<string> {
    await this.#client.connect(this.#transport);
    const { tools } = await this.#client.listTools();
    return tools.map(({ name }) => name).join(', ');
  }

  list(refresh: boolean): Promise<Listing> {
    return this.#call<Listing>('list-agents', refresh ? { refresh } : {});
  }

  call(targetAgentId: string, words: string, onChunk?: (text: string) => void): Promise<Answer> {
    const interactionType = onChunk === undefined ? 'generate' : 'stream';
    return this.#call<Answer>(
      'agent-proxy',
      { targetAgentId, interactionType, messages: [{ role: 'user', content: words }] },
      onChunk,
    );
  }

  /** Ends the session and resolves when the process has exited. */
  stop(): Promise<void> {
    return this.#client.close();
  }

  /** Kills the process to simulate a crash, and resolves when it has exited. */
  async kill(): Promise<void> {
    const gone = new Promise<void>((resolve) => {
      this.#client.onclose = resolve;
    });
    process.kill(this.pid, 'SIGKILL');
    await gone;
  }

  async #call<T>(name: string, args: Record<string, unknown>, onChunk?: (text: string) => void): Promise<T> {
    const { isError, content, structuredContent } = await this.#client.callTool({ name, arguments: args }, undefined, {
      ...(onChunk && { onprogress: ({ message }) => onChunk(message ?? '') }),
    });
    if (isError === true) throw new CallFailed(JSON.parse((content as [{ text: string }])[0].text) as CallFailed);
    return structuredContent as T;
  }
}
