import { describe, expect, it } from 'vitest';
import { messageOf } from '../../../src/agents/refusal.ts';
import { shownText } from '../../../src/agents/shown-text.ts';
import { StreamCleaner } from '../../../src/forwarding/stream-cleaner.ts';

const words = (error: unknown): string => shownText(messageOf(error));
const error = {
  message: 'The database is away, password: hunter22222',
  name: 'Error',
  stack: 'Error: The database is away\n    at query (/srv/app/database.js:17:9)',
};
const sent = (event: object): string => `data: ${JSON.stringify(event)}\n\n`;

const STREAM = [
  sent({ type: 'text-delta', runId: 'r', from: 'AGENT', payload: { text: 'an "error" in words, ünïcode' } }),
  sent({ type: 'tool-error', runId: 'r', from: 'AGENT', payload: { toolName: 'clock', error } }),
  sent({ runId: 'r', from: 'AGENT', type: 'error', payload: { error } }),
  sent({ type: 'finish', payload: { stepResult: { reason: 'error' } } }),
  'data: [DONE]\n\n',
].join('');

/** What becomes of a stream that comes in pieces of some length. */
function cleaned(text: string, length: number): string {
  const cleaner = new StreamCleaner(words);
  const bytes = Buffer.from(text);
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += length) parts.push(cleaner.take(bytes.subarray(at, at + length)));
  return Buffer.concat([...parts, cleaner.end()]).toString();
}

describe('a stream on its way to somebody else', () => {
  const message = 'The database is away, password: [removed]';

  it.each([1, 7, 64, 100_000])('loses the insides of its errors and nothing else, in pieces of %i bytes', (length) => {
    expect(cleaned(STREAM, length)).toBe(
      [
        sent({ type: 'text-delta', runId: 'r', from: 'AGENT', payload: { text: 'an "error" in words, ünïcode' } }),
        sent({ type: 'tool-error', runId: 'r', from: 'AGENT', payload: { toolName: 'clock', error: { message } } }),
        sent({ runId: 'r', from: 'AGENT', type: 'error', payload: { error: { message } } }),
        sent({ type: 'finish', payload: { stepResult: { reason: 'error' } } }),
        'data: [DONE]\n\n',
      ].join(''),
    );
  });

  it('loses them in the older form too, also in its first line', () => {
    const stream = (said: string) => `3:${JSON.stringify(said)}\n0:"3: is a number"\n3:${JSON.stringify(said)}\n`;
    const leaking = 'It failed.\n    at query (/srv/app/database.js:17:9)';
    for (const length of [1, 1_000]) expect(cleaned(stream(leaking), length)).toBe(stream('It failed'));
  });

  it('goes through as it is where nothing in it is an error', () => {
    const stream = 'data: {"type":"text-delta","payload":{"text":"fine"}}\n\n: a comment\r\n\r\nno end';
    for (const length of [1, 1_000]) expect(cleaned(stream, length)).toBe(stream);
  });

  it('keeps a line that cannot be read', () => {
    expect(cleaned('data: {"error": half\n', 1_000)).toBe('data: {"error": half\n');
  });

  it('passes every line on at once', () => {
    const cleaner = new StreamCleaner(words);
    expect(Buffer.from(cleaner.take(Buffer.from('data: 1\ndata: 2'))).toString()).toBe('data: 1\n');
    expect(Buffer.from(cleaner.take(Buffer.from('\n'))).toString()).toBe('data: 2\n');
  });
});
