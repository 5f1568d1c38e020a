import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { Failure } from '../failure.ts';

/** A result in both forms, because some clients show the model only one of them. */
export function successResult(structuredContent: Readonly<Record<string, unknown>>): CallToolResult {
  return { content: [{ type: 'text', text: JSON.stringify(structuredContent) }], structuredContent };
}

/**
 * A failure for the model to read: content alone, because structured content would have to fit the output schema. `mask`
 * goes over every text in it, because servers repeat in their errors what they were sent.
 */
export function failureResult({ code, message, details }: Failure, mask: (text: string) => string): CallToolResult {
  const masked = (_key: string, value: unknown): unknown => (typeof value === 'string' ? mask(value) : value);
  return { isError: true, content: [{ type: 'text', text: JSON.stringify({ code, message, ...details }, masked) }] };
}
