import type { SecretMask } from '../../base/telemetry/secret-mask.ts';
import type { Chunk } from './backend.ts';

/** Reports the chunks of a stream as progress. Masks secrets, even if one spans several chunks. */
export function chunkProgress(report: (message?: string) => void, mask: SecretMask): (chunk: Chunk) => void {
  const texts = mask.stream();
  const say = (text: string): void => {
    report(text === '' ? undefined : text.toWellFormed());
  };
  return ({ type, text, name }) => {
    if (text !== undefined) return say(texts.push(text));
    const held = texts.end();
    if (held !== '') say(held);
    report(type === 'tool-call' && name !== undefined ? `Calling the tool ${mask.text(name)}` : undefined);
  };
}
