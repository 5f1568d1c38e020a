import { mapTexts } from '../../base/telemetry/map-texts.ts';
import type { SecretMask } from '../../base/telemetry/secret-mask.ts';
import type { Reply } from './backend.ts';
import type { Said } from './shortened.ts';

/** What is shown in place of a stream's chunks that repeat a secret over several of them. */
const SECRET_IN_PIECES = '[left out: a configured secret stands in it, in pieces]';

/**
 * Picks what of a reply is worth the model's attention. Configured secrets are masked, and `raw` is nested no deeper than
 * can be written.
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

/** An agent's text is data and stays as it is, but for secrets and halves of characters, which JSON cannot carry. */
function shown(text: string, mask: SecretMask): string {
  return mask.text(text).toWellFormed();
}
