import { describe, expect, it } from 'vitest';
import { ReplyCleaner } from '../../../../src/servers/api/reply-cleaner.ts';
import { StreamCleaner } from '../../../../src/servers/api/stream-cleaner.ts';
import { shownErrors } from '../../../../src/servers/api/shown-error.ts';
import { SecretMask } from '../../../../src/base/telemetry/secret-mask.ts';

const message = 'The database is away, password: [removed]';
const leaking = {
  message: 'The database is away, password: hunter22222',
  name: 'Error',
  stack: 'Error: The database is away\n    at query (/srv/app/database.js:17:9)',
};
const SECRET = 'swordfish-123';
const data = (json: string, end = '\n\n'): string => `data: ${json}${end}`;
const sent = (event: object): string => data(JSON.stringify(event));
const delta = (text: string) => sent({ type: 'text-delta', runId: 'r', payload: { id: '1', text } });

/** Returns a stream after cleaning, if it arrives in pieces of this length. */
function cleaned(text: string, length: number, secrets: readonly string[] = []): string {
  const mask = new SecretMask(secrets);
  const cleaner = new StreamCleaner(new ReplyCleaner(shownErrors(mask.text), mask));
  const bytes = Buffer.from(text);
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += length) parts.push(cleaner.take(bytes.subarray(at, at + length)));
  return Buffer.concat([...parts, cleaner.end()]).toString();
}

const LENGTHS = [1, 7, 64, 100_000];

describe('the errors of a stream', () => {
  it.each<[string, string, string]>([
    [
      'of a tool',
      sent({ type: 'tool-error', payload: { toolName: 'clock', error: leaking } }),
      sent({ type: 'tool-error', payload: { toolName: 'clock', error: { message } } }),
    ],
    [
      'of the agent',
      sent({ runId: 'r', from: 'AGENT', type: 'error', payload: { error: leaking } }),
      sent({ runId: 'r', from: 'AGENT', type: 'error', payload: { error: { message } } }),
    ],
    [
      'beside no payload',
      sent({ type: 'error', error: leaking, address: '10.0.0.5' }),
      sent({ type: 'error', error: { message } }),
    ],
    [
      'as a text',
      sent({ type: 'error', errorText: leaking.stack }),
      sent({ type: 'error', errorText: 'Error: The database is away' }),
    ],
    [
      'of a sub-agent',
      sent({ type: 'tool-output', payload: { output: { type: 'error', payload: { error: leaking } } } }),
      sent({ type: 'tool-output', payload: { output: { type: 'error', payload: { error: { message } } } } }),
    ],
    [
      'of a sub-agent’s tool',
      sent({
        type: 'tool-output',
        payload: { output: { type: 'tool-error', payload: { error: 'It broke\n    at x (/srv/a.js:1:2)' } } },
      }),
      sent({
        type: 'tool-output',
        payload: { output: { type: 'tool-error', payload: { error: { message: 'It broke' } } } },
      }),
    ],
    [
      'in a list of steps',
      sent({ type: 'finish', payload: { steps: [{ error: leaking }, { cause: leaking }] } }),
      sent({ type: 'finish', payload: { steps: [{ error: { message } }, { cause: { message } }] } }),
    ],
    [
      'under a key with escapes',
      data(
        JSON.stringify({ type: 'tool-error', payload: { error: leaking } }).replace('"error"', '"\\u0065rr\\u006fr"'),
      ),
      sent({ type: 'tool-error', payload: { error: { message } } }),
    ],
    [
      'of a type with escapes',
      data(JSON.stringify({ type: 'error', payload: leaking }).replace('"error"', '"\\u0065rror"')),
      sent({ type: 'error', payload: { error: { message } } }),
    ],
    [
      'with spaces around it',
      data(
        JSON.stringify({ type: 'tool-error', payload: { error: leaking } }, undefined, '\t ').replaceAll('\n', '  '),
      ),
      sent({ type: 'tool-error', payload: { error: { message } } }),
    ],
    [
      'without a space after the field',
      `data:${JSON.stringify({ type: 'error', payload: leaking })}\n\n`,
      sent({ type: 'error', payload: { error: { message } } }),
    ],
    [
      'with line ends of a kind',
      data(JSON.stringify({ type: 'error', payload: leaking }), '\r\n\r\n'),
      data(JSON.stringify({ type: 'error', payload: { error: { message } } }), '\r\n\r\n'),
    ],
    [
      'with line ends of another kind',
      data(JSON.stringify({ type: 'error', payload: leaking }), '\r\r'),
      data(JSON.stringify({ type: 'error', payload: { error: { message } } }), '\r\r'),
    ],
    [
      'behind a byte order mark',
      `\ufeff${sent({ type: 'error', payload: leaking })}`,
      sent({ type: 'error', payload: { error: { message } } }),
    ],
    [
      'with separators of lines in its texts',
      sent({ type: 'tool-error', payload: { note: 'a\u2028b\u2029c\u0085', error: leaking } }),
      sent({ type: 'tool-error', payload: { note: 'a\u2028b\u2029c\u0085', error: { message } } }),
    ],
    [
      'over several lines',
      `id: 7\n${JSON.stringify({ type: 'error', payload: leaking }, undefined, 1)
        .split('\n')
        .map((line) => `data: ${line}\n`)
        .join('')}\n`,
      `id: 7\n${sent({ type: 'error', payload: { error: { message } } })}`,
    ],
    [
      'in lines of one event',
      `data: {"type":"start"}\n${sent({ type: 'error', payload: leaking })}`,
      `data: {"type":"start"}\n${sent({ type: 'error', payload: { error: { message } } })}`,
    ],
    [
      'of the older form',
      `3:${JSON.stringify(leaking.stack)}\n0:"3: is a number"\n3:${JSON.stringify(leaking)}\n`,
      `3:"Error: The database is away"\n0:"3: is a number"\n3:${JSON.stringify(message)}\n`,
    ],
    [
      'in a result of the older form',
      `a:${JSON.stringify({ toolCallId: 'c', result: { error: leaking } })}\n`,
      `a:${JSON.stringify({ toolCallId: 'c', result: { error: { message } } })}\n`,
    ],
    ['that cannot be read', 'data: {"error": "at 10.0.0.5:80"\n\n', 'data: {"error": "at [private address]"\n\n'],
    [
      'that are no events',
      `Error: away at 10.0.0.5\n    at query (/srv/app/database.js:17:9)\n: error\n\n`,
      'Error: away at [private address]\n:\n\n',
    ],
  ])('%s lose only their internal details', (_, stream, expected) => {
    for (const length of LENGTHS) expect(cleaned(stream, length)).toBe(expected);
  });

  it('are replaced or truncated, however deep they are', () => {
    const deep = (depth: number) => `${'{"a":'.repeat(depth)}${JSON.stringify({ error: leaking })}${'}'.repeat(depth)}`;
    for (const depth of [3, 50, 500, 50_000]) {
      const clean = cleaned(data(`{"type":"raw","payload":${deep(depth)}}`), 100_000);
      expect(clean).not.toContain('/srv');
      expect(clean).toContain(depth < 60 ? message : 'nested too deep');
    }
  });
});

describe('a stream', () => {
  it.each([
    ['without an error', 'data: {"type":"text-delta","payload":{"text":"fine"}}\n\n: a comment\r\n\r\nno end'],
    [
      'with the word',
      `${delta('an "error" in the stack, ünïcode')}${sent({ type: 'finish', payload: { stepResult: { reason: 'error' } } })}data: [DONE]\n\n`,
    ],
    [
      'with data under such keys',
      sent({ type: 'tool-result', payload: { result: { error: { code: 5 }, stack: 'MERN', type: 'error' } } }),
    ],
    ['of events with names', 'event: error\nid: 1\ndata: {"a":1}\n\n'],
    ['that ends in the middle', 'data: {"type":"text-delta","payload":{"te'],
  ])('%s passes unchanged', (_, stream) => {
    for (const length of LENGTHS)
      for (const secrets of [[], [SECRET]]) expect(cleaned(stream, length, secrets)).toBe(stream);
  });

  it('forwards complete events at once', () => {
    const mask = new SecretMask([]);
    const cleaner = new StreamCleaner(new ReplyCleaner(shownErrors(mask.text), mask));
    const take = (text: string) => Buffer.from(cleaner.take(Buffer.from(text))).toString();
    expect(take('data: 1\ndata: 2')).toBe('data: 1\n');
    expect(take('\n')).toBe('data: 2\n');
    expect(take('\ndata: {"a":\n')).toBe('\n');
    expect(take('data: 1}\n\n0:"a"\n')).toBe('data: {"a":\ndata: 1}\n\n0:"a"\n');
  });

  it.each(['data: ', 'data: x\n'])('cannot fill the memory with an endless event: %j', (piece) => {
    const mask = new SecretMask([]);
    const cleaner = new StreamCleaner(new ReplyCleaner(shownErrors(mask.text), mask));
    const part = Buffer.from(piece.repeat(100_000));
    expect(() => {
      for (let at = 0; at < 100; at += 1) cleaner.take(part);
    }).toThrow('longer than 16 Mi characters');
  });
});

describe('a secret in a stream', () => {
  const textOf = (stream: string) =>
    [...stream.matchAll(/"text":"([^"]*)"|^0:"([^"]*)"/gm)].map(([, a, b]) => a ?? b).join('');

  it.each([
    ['in one text', [delta(`it is ${SECRET}.`), 'data: [DONE]\n\n'], 'it is ***.'],
    ['with escapes', [data('{"type":"text-delta","payload":{"text":"it is \\u0073wordfish-123."}}')], 'it is ***.'],
    ['in several texts', [delta('it is sword'), delta('fi'), delta('sh-123.'), sent({ type: 'finish' })], 'it is ***.'],
    [
      'in several texts with others in between',
      [delta('it is sword'), sent({ type: 'reasoning-delta' }), delta('fish-123.')],
      'it is ***.',
    ],
    ['that stays incomplete', [delta('a sword'), sent({ type: 'finish', payload: {} })], 'a sword'],
    ['that ends the stream', [delta('a sword')], 'a sword'],
    ['of the older form', ['0:"it is sword"\n', '0:"fish-123."\n', 'd:{}\n'], 'it is ***.'],
    ['of the older form that stays incomplete', ['0:"a sword"\n', 'd:{}\n'], 'a sword'],
  ])('%s is masked', (_, events, text) => {
    for (const length of LENGTHS) {
      const clean = cleaned(events.join(''), length, [SECRET]);
      expect(textOf(clean)).toBe(text);
      for (const line of clean.split('\n').filter((one) => /^data: \{/.test(one))) JSON.parse(line.slice(6));
    }
  });

  it('is masked in all other fields of an event', () => {
    const event = { type: 'tool-call', payload: { toolName: SECRET, args: { [SECRET]: [`a ${SECRET}`] } } };
    expect(cleaned(sent(event), 1_000, [SECRET])).toBe(
      sent({ type: 'tool-call', payload: { toolName: '***', args: { '***': ['a ***'] } } }),
    );
  });
});

describe('a whole reply', () => {
  const clean = (body: string, secrets: readonly string[] = []) => {
    const mask = new SecretMask(secrets);
    return new ReplyCleaner(shownErrors(mask.text), mask).text(body);
  };

  it.each([
    ['{"text":"fine","error_count":0}', '{"text":"fine","error_count":0}'],
    [
      JSON.stringify({ text: '', finishReason: 'error', error: leaking }),
      JSON.stringify({ text: '', finishReason: 'error', error: { message } }),
    ],
    [
      JSON.stringify({ text: 'a', steps: [{ toolResults: [{ payload: { error: leaking } }] }] }),
      JSON.stringify({ text: 'a', steps: [{ toolResults: [{ payload: { error: { message } } }] }] }),
    ],
    ['{"\\u0065rror":"at 10.0.0.5"}', '{"error":{"message":"at [private address]"}}'],
    ['<p>error at 10.0.0.5</p>', '<p>error at [private address]</p>'],
  ])('%s loses the internal details of its errors', (body, expected) => {
    expect(clean(body)).toBe(expected);
  });

  it('has secrets masked, however they are escaped', () => {
    const secret = 'a"b\\c/dé-99';
    const escaped = '{"text":"a\\u0022b\\\\c\\/d\\u00e9-99"}';
    for (const body of [JSON.stringify({ text: secret }), escaped])
      expect(clean(body, [secret])).toBe('{"text":"***"}');
    expect(clean('{"text":"\\u00e9"}', [secret])).toBe('{"text":"\\u00e9"}');
  });
});
