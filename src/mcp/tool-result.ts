import type { CallToolResult, Resource } from '@modelcontextprotocol/sdk/types.js';
import type { Failure } from '../failure.ts';
import type { KeptText } from './kept-texts.ts';
import { shortened, type Shortening } from './shortened.ts';
import type { Tool } from './tool.ts';

/** A result in both forms, because some clients show the model only one of them; beside it, links to what it is cut from. */
export function successResult(
  structuredContent: Readonly<Record<string, unknown>>,
  kept: readonly KeptText[],
): CallToolResult {
  const links = kept.map((text) => ({ type: 'resource_link' as const, ...resourceOf(text) }));
  return { content: [{ type: 'text', text: JSON.stringify(structuredContent) }, ...links], structuredContent };
}

/** What clients are told of a kept text. */
export function resourceOf({ uri, title, mimeType, text }: KeptText): Resource {
  return { uri, name: title, title, mimeType, size: Buffer.byteLength(text) };
}

/**
 * A failure for the model to read: content alone, because structured content would have to fit the output schema. `mask`
 * goes over every text in it, because servers repeat in their errors what they were sent.
 */
export function failureResult(
  { code, message, details }: Failure,
  mask: (text: string) => string,
  shortening: Shortening,
  fields: Tool['failureFields'] = {},
): CallToolResult {
  const masked = (_key: string, value: unknown): unknown => (typeof value === 'string' ? mask(value) : value);
  const { responseData: said } = details;
  const short = hasText(said) && { responseData: shortened({ ...said, text: mask(said.text) }, shortening) };
  const text = JSON.stringify({ code, message, ...fields, ...details, ...short }, masked);
  return { isError: true, content: [{ type: 'text', text }] };
}

function hasText(said: unknown): said is { readonly text: string } {
  return typeof said === 'object' && said !== null && 'text' in said && typeof said.text === 'string';
}
