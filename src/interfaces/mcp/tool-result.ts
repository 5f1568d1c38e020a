import type { CallToolResult, Resource } from '@modelcontextprotocol/sdk/types.js';
import { cleanText } from '../../core/bgp/packet/clean-text.ts';
import type { Failure } from '../../base/failure/failure.ts';
import { mapTexts } from '../../base/telemetry/map-texts.ts';
import { SecretMask } from '../../base/telemetry/secret-mask.ts';
import type { KeptText } from './kept-texts.ts';
import { shortened, type Shortening } from './shortened.ts';
import type { Tool } from './tool.ts';

/**
 * A result in both forms, because some clients show the model only one of them; beside it, links to what it is cut from.
 * No configured secret is in it, whoever has repeated one.
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

/** What clients are told of a kept text. */
export function resourceOf({ uri, title, mimeType, text }: KeptText): Resource {
  return { uri, name: title, title, mimeType, size: Buffer.byteLength(text) };
}

/** The longest text in a failure, besides what an agent has said. */
const MAX_FAILURE_TEXT = 16_384;

/**
 * A failure for the model to read: content alone, because structured content would have to fit the output schema. Every
 * text in it is masked and cleaned, because servers repeat in their errors what they were sent; what an agent has said is
 * masked and otherwise left as it is.
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
