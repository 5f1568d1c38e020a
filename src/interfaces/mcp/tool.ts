import type { Tool as ToolDescription, ToolAnnotations } from '@modelcontextprotocol/sdk/types.js';
import * as z from 'zod';
import type { Backend } from './backend.ts';
import type { KeptText } from './kept-texts.ts';

/** Context of a running tool call. */
export interface ToolContext {
  readonly backend: Backend;
  readonly signal: AbortSignal;
  /** Returns a text from the metadata of the request by name. */
  readonly brought: (name: string) => string | undefined;
  /**
   * Stores a text that is too long for a result and returns its resource URI; undefined if it is too long to be stored.
   */
  readonly keep: (text: Omit<KeptText, 'uri'>) => string | undefined;
  /** Sends progress to the client; undefined if the client did not ask for it. */
  readonly progress: ((message?: string) => void) | undefined;
}

/** A tool: schemas, texts and implementation. */
export interface Tool {
  readonly name: string;
  /** Names that earlier releases used. They are accepted and not listed. */
  readonly aliases: readonly string[];
  readonly title: string;
  readonly description: string;
  readonly annotations: ToolAnnotations;
  readonly inputSchema: z.ZodType;
  readonly outputSchema: z.ZodType;
  /** Default fields of every failure of the tool. */
  readonly failureFields: Readonly<Record<string, unknown>>;
  /** Resolves with a value of `outputSchema`. Rejects with a `Failure`. */
  readonly run: (args: unknown, context: ToolContext) => Promise<Readonly<Record<string, unknown>>>;
}

/** Returns the entry of a tool in `tools/list`. */
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

/** Converts a schema to JSON Schema draft 7, which every client understands. */
function objectSchema(schema: z.ZodType, io: 'input' | 'output'): ToolDescription['inputSchema'] {
  const { properties, required, additionalProperties } = z.toJSONSchema(schema, { target: 'draft-7', io });
  return { type: 'object', properties, required, additionalProperties } as ToolDescription['inputSchema'];
}
