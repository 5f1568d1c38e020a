import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  CallToolRequestSchema,
  ErrorCode,
  ListResourcesRequestSchema,
  ListToolsRequestSchema,
  McpError,
  ReadResourceRequestSchema,
  type CallToolResult,
  type ServerNotification,
  type Tool as ToolDescription,
} from '@modelcontextprotocol/sdk/types.js';
import { cleanText } from '../../core/bgp/packet/clean-text.ts';
import { Failure } from '../../base/failure/failure.ts';
import { SecretMask } from '../../base/telemetry/secret-mask.ts';
import type { Backend } from './backend.ts';
import { KeptTexts, type KeptText } from './kept-texts.ts';
import { progressReporter } from './progress-reporter.ts';
import { failureResult, resourceOf, successResult } from './tool-result.ts';
import { describeTool, type Tool, type ToolContext } from './tool.ts';
import { agentProxy } from './tools/agent-proxy.ts';
import { listAgents } from './tools/list-agents.ts';

const TOOLS: readonly Tool[] = [listAgents, agentProxy];

const INSTRUCTIONS =
  'Finds and calls agents on other servers. Call list-agents to see the agents, then agent-proxy to give one of them a task.';

export interface McpServerOptions {
  readonly version: string;
  /** Returns the router. Rejects with a `Failure` if the configuration is invalid. */
  readonly backend: () => Promise<Backend>;
  /** Called once the client is initialized. Work that would delay the first answer can start now. */
  readonly onReady: () => void;
  /** Called with every unexpected error. */
  readonly onError: (error: unknown) => void;
}

/** Error code of MCP for an unknown resource. */
const RESOURCE_NOT_FOUND = -32_002;
const NOT_KEPT =
  'Resource not found or expired. The newest 32 long results are kept for half an hour; resources/list lists them.';

/** The name of a tool call is unknown. */
export class ToolNotFound extends Failure {
  constructor(name: string) {
    const known = TOOLS.map((tool) => tool.name).join(' and ');
    super('TOOL_NOT_FOUND', `There is no tool ${JSON.stringify(cleanText(name, 80))}. The tools are ${known}.`, {
      blames: 'caller',
    });
  }
}

/** The MCP server. Its two tools never change while the program runs. */
export class ProxyServer {
  readonly #mcp: McpServer;
  readonly #options: McpServerOptions;
  readonly #running = new Set<Promise<CallToolResult>>();
  readonly #kept = new KeptTexts();

  constructor(options: McpServerOptions) {
    this.#options = options;
    const info = { name: 'mcp-agent-proxy', title: 'Agent proxy', version: options.version };
    this.#mcp = new McpServer(info, { instructions: INSTRUCTIONS });
    const { server } = this.#mcp;
    server.registerCapabilities({ tools: {}, resources: {} });
    server.oninitialized = options.onReady;
    server.onerror = options.onError;
    server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: described() }));
    server.setRequestHandler(CallToolRequestSchema, ({ params }, extra) => {
      const result = this.#call(params.name, params.arguments ?? {}, contextOf(extra));
      this.#running.add(result);
      return result.finally(() => this.#running.delete(result));
    });
    server.setRequestHandler(ListResourcesRequestSchema, () => ({
      resources: this.#kept.list(performance.now()).map(resourceOf),
    }));
    server.setRequestHandler(ReadResourceRequestSchema, ({ params: { uri } }) => {
      const kept = this.#kept.read(uri, performance.now());
      if (kept === undefined) throw new McpError(RESOURCE_NOT_FOUND, NOT_KEPT, { uri });
      return { contents: [{ uri, mimeType: kept.mimeType, text: kept.text }] };
    });
  }

  /** Serves the transport. Resolves when it is closed. */
  async serve(transport: Transport): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#mcp.server.onclose = resolve;
    });
    await this.#mcp.connect(transport);
    await closed;
  }

  /** Resolves when no tool call is running. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#running);
  }

  async #call(name: string, args: unknown, context: CallContext): Promise<CallToolResult> {
    let mask = new SecretMask([]);
    let maxLength = Infinity;
    const links: KeptText[] = [];
    const keep: ToolContext['keep'] = (text) => {
      const kept = this.#kept.keep(text, performance.now());
      if (kept !== undefined) links.push(kept);
      return kept?.uri;
    };
    const tool = TOOLS.find((one) => one.name === name || one.aliases.includes(name));
    try {
      if (tool === undefined) throw new ToolNotFound(name);
      const backend = await this.#options.backend();
      ({ mask, maxResultLength: maxLength } = backend);
      return successResult(await tool.run(args, { ...context, backend, keep }), links, mask);
    } catch (error) {
      if (error instanceof Failure) {
        return failureResult(error, mask, { agent: 'the agent', maxLength, keep }, tool?.failureFields);
      }
      this.#options.onError(error);
      throw new McpError(ErrorCode.InternalError, `${name} failed unexpectedly; see the server's log.`);
    }
  }
}

let descriptions: ToolDescription[] | undefined;

/** Returns the descriptions of the tools. Their schemas are converted for the first request only. */
function described(): ToolDescription[] {
  return (descriptions ??= TOOLS.map(describeTool));
}

interface Extra {
  readonly signal: AbortSignal;
  readonly _meta?:
    { readonly [name: string]: unknown; readonly progressToken?: string | number | undefined } | undefined;
  readonly sendNotification: (notification: ServerNotification) => Promise<void>;
}

type CallContext = Omit<ToolContext, 'backend' | 'keep'>;

function contextOf({ signal, _meta, sendNotification }: Extra): CallContext {
  const token = _meta?.progressToken;
  return {
    signal,
    brought: (name) => {
      const value = _meta?.[name];
      return typeof value === 'string' ? value : undefined;
    },
    progress: token === undefined ? undefined : progressReporter(token, sendNotification),
  };
}
