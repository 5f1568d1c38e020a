import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NOTIFICATIONS } from '../../../../../src/core/bgp/packet/notification.ts';
import { decodeMessage } from '../../../../../src/core/bgp/packet/wire-decode.ts';
import { encodeMessage } from '../../../../../src/core/bgp/packet/wire-encode.ts';
import { generator, mutate } from '../support/mutate.ts';
import { hash, message } from './arbitrary.ts';

describe('a hundred thousand malformed messages', () => {
  it('never throw, and what is read of them is read again the same', () => {
    const random = generator(4271);
    const valid = fc.sample(message, { numRuns: 500, seed: 4271 }).map((native) => encodeMessage(native));
    const seen = { refused: 0, withdrawn: 0, read: 0 };
    for (let run = 0; run < 100_000; run += 1) {
      let json: unknown = valid[run % valid.length];
      for (let changes = 1 + Math.floor(random() * 3); changes > 0; changes -= 1) json = mutate(json, random);
      const result = decodeMessage(json, hash);
      if (!result.ok) {
        seen.refused += 1;
        if (!(result.notification in NOTIFICATIONS)) expect.fail(result.notification);
        continue;
      }
      if (result.malformed.length > 0) seen.withdrawn += 1;
      else seen.read += 1;
      // What is passed on must be well-formed, or our own session would be closed for it.
      const text = JSON.stringify(encodeMessage(result.message));
      const again = decodeMessage(JSON.parse(text), hash);
      if (!again.ok || again.dropped > 0 || again.malformed.length > 0) expect.fail(text);
      if (JSON.stringify(encodeMessage(again.message)) !== text) expect.fail(text);
    }
    // All three outcomes must have been met, or the mutations prove nothing.
    expect(Math.min(seen.refused, seen.withdrawn, seen.read)).toBeGreaterThan(1_000);
  }, 60_000);

  it('do not reach the prototype of anything', () => {
    expect({}).not.toHaveProperty('polluted');
  });
});
