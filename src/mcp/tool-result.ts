import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { Failure } from '../failure.ts';

/** A result in both forms, because some clients show the model only one of them. */
export function successResult(structuredContent: Readonly<Record<string, unknown>>): CallToolResult {
  return { content: [{ type: 'text', text: JSON.stringify(structuredContent) }], structuredContent };
}

/** A failure for the model to read: content alone, because structured content would have to fit the output schema. */
export function failureResult({ code, message, details }: Failure): CallToolResult {
  return { isError: true, content: [{ type: 'text', text: JSON.stringify({ code, message, ...details }) }] };
}
