import { describe, expect, it } from 'vitest';
import { streamEvent, type StreamEvent } from '../../../../src/servers/api/stream-event.ts';

const finish = {
  type: 'finish',
  payload: { stepResult: { reason: 'stop' }, output: { usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 } } },
};

const LINES: readonly (readonly [line: string, event: StreamEvent | undefined])[] = [
  ['', undefined],
  [': keep-alive', undefined],
  ['event: message', undefined],
  ['data: [DONE]', undefined],
  ['data: {"type":"text-delta","payload":{"text":"hi"}}', { type: 'text', text: 'hi' }],
  ['data:{"type":"text-delta","payload":{"text":"hi"}}', { type: 'text', text: 'hi' }],
  ['data: {"type":"tool-call","payload":{"toolName":"clock"}}', { type: 'tool-call', name: 'clock' }],
  ['data: {"type":"step-start","payload":{}}', { type: 'other', name: 'step-start' }],
  ['data: {"type":"start"}', { type: 'other', name: 'start' }],
  ['data: {"type":"error","payload":{"error":"no"}}', { type: 'error', message: 'no' }],
  ['data: {"type":"error","payload":{"error":{"message":"no"}}}', { type: 'error', message: 'no' }],
  ['data: {"type":"error","payload":{"type":"error","error":{}}}', { type: 'error', message: '' }],
  [
    `data: ${JSON.stringify(finish)}`,
    { type: 'finish', finishReason: 'stop', usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 } },
  ],
  ['data: {"type":"finish","payload":{"stepResult":{"reason":"error"}}}', { type: 'error', message: '' }],
  ['data: {"type":"finish","payload":{}}', { type: 'finish' }],
  ['f:{"messageId":"m"}', { type: 'other', name: 'f' }],
  ['0:"hi"', { type: 'text', text: 'hi' }],
  ['3:"no"', { type: 'error', message: 'no' }],
  ['9:{"toolCallId":"c","toolName":"clock","args":{}}', { type: 'tool-call', name: 'clock' }],
  [
    'd:{"finishReason":"stop","usage":{"promptTokens":1,"completionTokens":2}}',
    { type: 'finish', finishReason: 'stop', usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 } },
  ],
  ['d:{"finishReason":"stop","usage":{"promptTokens":null}}', { type: 'finish', finishReason: 'stop' }],
];

describe('a line of a stream', () => {
  it.each(LINES)('%s', (line, event) => {
    expect(streamEvent(line)?.event).toEqual(event);
  });

  it.each(['<html>', '{"type":"text-delta"}', 'data: {"type"', 'data: 7', 'data: {"type":"text-delta"}', '0:', 'zz:1'])(
    'of neither form is rejected: %s',
    (line) => {
      expect(() => streamEvent(line)).toThrow();
    },
  );
});
