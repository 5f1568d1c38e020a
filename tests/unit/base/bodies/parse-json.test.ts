import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CALL_SHAPE,
  checkShape,
  MESSAGE_SHAPE,
  parseJson,
  UnreadableJson,
} from '../../../../src/base/bodies/parse-json.ts';

const shape = { depth: 4, marks: 20_000 };
/** Long enough to be looked at. */
const filler = `"${'x'.repeat(17_000)}"`;

describe('JSON of others', () => {
  it('is read as it is, as text or as bytes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), fc.boolean(), (value, isLong) => {
        const json = isLong ? [value, JSON.parse(filler)] : value;
        const text = JSON.stringify(json);
        expect(parseJson(text, MESSAGE_SHAPE)).toEqual(JSON.parse(text));
        expect(parseJson(Buffer.from(text), MESSAGE_SHAPE)).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each(['', 'x', '[', '{"a":}', `[${filler}`, ']'.repeat(20_000)])('is refused where it is none: %#', (text) => {
    expect(() => parseJson(text, shape)).toThrow(new UnreadableJson('is not JSON'));
  });

  it.each([
    ['as deep as it may be', `[[[[${filler}]]]]`],
    ['with brackets in its texts', `[${filler},"[[[[[[{{{{{{"]`],
    ['with quotation marks and backslashes in its texts', String.raw`[${filler},"\"[[[[[[","\\",["\\\"[[[[[["]]`],
    ['with brackets one behind the other', `[${filler},[],[],[],[],[],{}]`],
    ['with letters beyond ASCII', `[${filler},"日本語[[[[[",["ü"]]`],
    ['with as many values as there may be', `[${filler}${',0'.repeat(19_999)}]`],
  ])('is read %s', (_, text) => {
    expect(parseJson(text, shape)).toEqual(JSON.parse(text));
    expect(parseJson(Buffer.from(text), shape)).toEqual(JSON.parse(text));
  });

  it.each([
    ['deeper', `[[[[[${filler}]]]]]`, 'is JSON that is nested deeper than 4 levels'],
    [
      'deeper behind a text with a quotation mark',
      String.raw`[${filler},"\"",[[[[0]]]]]`,
      'is JSON that is nested deeper than 4 levels',
    ],
    ['deeper, and no JSON', '['.repeat(1_000_000), 'is JSON that is nested deeper than 4 levels'],
    ['deeper in objects', `{"x":${filler},"a":{"a":{"a":{"a":{}}}}}`, 'is JSON that is nested deeper than 4 levels'],
    ['of more values', `[${filler}${',0'.repeat(20_000)}]`, 'is JSON of more than 20000 values and names'],
    ['of more names', `[${filler}${',{"a":0}'.repeat(7_000)}]`, 'is JSON of more than 20000 values and names'],
  ])('is not parsed where it is %s', (_, text, why) => {
    expect(() => parseJson(text, shape)).toThrow(new UnreadableJson(why));
    expect(() => {
      checkShape(Buffer.from(text), shape);
    }).toThrow(new UnreadableJson(why));
  });

  it('has room for the largest messages of a router, and is read whatever its depth where it is short', () => {
    const reach = Array.from({ length: 10_000 }, (_, at) => {
      const text = `agent-${at}`;
      return { nlri: text, life: 'l'.repeat(43), name: text, description: text, modelVersion: 'v1' };
    });
    const update = { type: 'update', attributes: { '+x': Array.from({ length: 16_000 }, () => 0) }, reach };
    expect(parseJson(JSON.stringify(update), MESSAGE_SHAPE)).toEqual(update);
    const deep = '['.repeat(5_000) + ']'.repeat(5_000);
    expect(parseJson(deep, CALL_SHAPE)).toBeDefined();
  });
});
