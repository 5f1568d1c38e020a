import { mapTexts } from '../../base/telemetry/map-texts.ts';
import type { SecretMask } from '../../base/telemetry/secret-mask.ts';
import type { Reply } from './backend.ts';
import type { Said } from './shortened.ts';

/** Replaces the raw chunks of a stream whose text contains a secret, because the secret may span several chunks. */
const SECRET_IN_PIECES = '[omitted: it contains a configured secret]';

/**
 * Selects the parts of a reply that a model needs. Masks configured secrets, and limits the nesting of `raw` so that it can
 * be serialised.
 */
export function responseData(reply: Reply, includeRaw: boolean, mask: SecretMask): Said {
  const { finishReason, usage, toolCalls, chunks, timings } = reply;
  return {
    ...(chunks !== undefined && { type: 'collected_stream', chunks }),
    text: shown(reply.text, mask),
    ...(finishReason !== undefined && { finishReason: shown(finishReason, mask) }),
    ...(usage !== undefined && { usage }),
    ...(toolCalls.length > 0 && { toolCalls: toolCalls.map(({ name }) => shown(name, mask)) }),
    ...timings,
    ...(includeRaw && { raw: shownRaw(reply, mask) }),
  };
}

function shownRaw({ raw, text, chunks }: Reply, mask: SecretMask): unknown {
  if (chunks !== undefined && mask.text(text) !== text) return SECRET_IN_PIECES;
  return mapTexts(raw, (part) => shown(part, mask));
}

/** Masks secrets in an agent's text and replaces lone surrogates, which JSON cannot carry. Changes nothing else. */
function shown(text: string, mask: SecretMask): string {
  return mask.text(text).toWellFormed();
}
