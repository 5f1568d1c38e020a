import type { Tool as ToolDescription, ToolAnnotations } from '@modelcontextprotocol/sdk/types.js';
import * as z from 'zod';
import type { Backend } from './backend.ts';
import type { KeptText } from './kept-texts.ts';

/** What a running tool call can reach besides its arguments. */
export interface ToolContext {
  readonly backend: Backend;
  readonly signal: AbortSignal;
  /** A text that the client put into the metadata of the request. */
  readonly brought: (name: string) => string | undefined;
  /** Keeps a text that is too long for a result, and gives the URI under which the client can read it. */
  readonly keep: (text: Omit<KeptText, 'uri'>) => string | undefined;
  /** Tells the client that the call is getting on; undefined when it did not ask for progress. */
  readonly progress: ((message?: string) => void) | undefined;
}

/** A tool: its schema beside what it does. */
export interface Tool {
  readonly name: string;
  /** Names of earlier releases, answered but not listed. */
  readonly aliases: readonly string[];
  readonly title: string;
  readonly description: string;
  readonly annotations: ToolAnnotations;
  readonly inputSchema: z.ZodType;
  readonly outputSchema: z.ZodType;
  /** What every failure of it says that does not say more. */
  readonly failureFields: Readonly<Record<string, unknown>>;
  /** Resolves with what `outputSchema` describes; rejects with a `Failure`. */
  readonly run: (args: unknown, context: ToolContext) => Promise<Readonly<Record<string, unknown>>>;
}

/** What `tools/list` says of a tool. */
export function describeTool(tool: Tool): ToolDescription {
  const { name, title, description, annotations } = tool;
  return {
    name,
    title,
    description,
    annotations: { title, ...annotations },
    inputSchema: objectSchema(tool.inputSchema, 'input'),
    outputSchema: objectSchema(tool.outputSchema, 'output'),
  };
}

/** Draft 7 is what every client understands. */
function objectSchema(schema: z.ZodType, io: 'input' | 'output'): ToolDescription['inputSchema'] {
  const { properties, required, additionalProperties } = z.toJSONSchema(schema, { target: 'draft-7', io });
  return { type: 'object', properties, required, additionalProperties } as ToolDescription['inputSchema'];
}
