import type { CallToolResult, Resource } from '@modelcontextprotocol/sdk/types.js';
import { cleanText } from '../../core/bgp/packet/clean-text.ts';
import type { Failure } from '../../base/failure/failure.ts';
import { mapTexts } from '../../base/telemetry/map-texts.ts';
import { SecretMask } from '../../base/telemetry/secret-mask.ts';
import type { KeptText } from './kept-texts.ts';
import { shortened, type Shortening } from './shortened.ts';
import type { Tool } from './tool.ts';

/**
 * Builds a result as text and as structured content, because some clients show the model only one of them. Adds links to
 * kept texts. Masks every configured secret, regardless of its source.
 */
export function successResult(
  result: Readonly<Record<string, unknown>>,
  kept: readonly KeptText[],
  mask: SecretMask,
): CallToolResult {
  const json = JSON.stringify(result);
  if (mask.mayBeIn(json)) {
    const masked = mapTexts(result, mask.text);
    if (masked !== result) return successResult(masked as typeof result, kept, new SecretMask([]));
  }
  const links = kept.map((text) => ({ type: 'resource_link' as const, ...resourceOf(text) }));
  return { content: [{ type: 'text', text: json }, ...links], structuredContent: result };
}

/** Describes a kept text as an MCP resource. */
export function resourceOf({ uri, title, mimeType, text }: KeptText): Resource {
  return { uri, name: title, title, mimeType, size: Buffer.byteLength(text) };
}

/** Maximum length of a text in a failure, except the answer of an agent. */
const MAX_FAILURE_TEXT = 16_384;

/**
 * Builds a failure for the model. It has only text content, because structured content must match the output schema.
 * Masks and cleans every text, because servers repeat request data in their errors. Masks the answer of an agent and
 * otherwise keeps it.
 */
export function failureResult(
  { code, message, details }: Failure,
  mask: SecretMask,
  shortening: Shortening,
  fields: Tool['failureFields'] = {},
): CallToolResult {
  const { responseData: said, ...others } = details;
  const shown = mapTexts({ code, message, ...fields, ...(hasText(said) ? others : details) }, (text) =>
    cleanText(mask.text(text), MAX_FAILURE_TEXT),
  );
  const short = hasText(said) && {
    responseData: shortened({ ...said, text: mask.text(said.text).toWellFormed() }, shortening),
  };
  const text = JSON.stringify({ ...(shown as object), ...short });
  return { isError: true, content: [{ type: 'text', text }] };
}

function hasText(said: unknown): said is { readonly text: string } {
  return typeof said === 'object' && said !== null && 'text' in said && typeof said.text === 'string';
}
