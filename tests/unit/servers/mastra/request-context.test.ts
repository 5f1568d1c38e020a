import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inBody, inRequestContext } from '../../../../src/servers/mastra/request-context.ts';

const CONTEXT = { 'agent-bgp-hop-limit': '3' };
const INSIDE = { requestContext: { 'agent-bgp': CONTEXT } };

describe('the context that an agent gets of its call', () => {
  it('is added to the body of a call, whatever else it contains', () => {
    const values = fc.dictionary(fc.string(), fc.jsonValue()).map((said) => JSON.parse(JSON.stringify(said)) as object);
    fc.assert(
      fc.property(values, fc.constantFrom(0, 2), (said, indent) => {
        expect(JSON.parse(inBody(JSON.stringify(said, undefined, indent), CONTEXT))).toEqual({ ...INSIDE, ...said });
      }),
    );
  });

  it.each(['{}', ' { } ', '{"messages":"requestContext"}'])('is added to %s', (body) => {
    expect(JSON.parse(inBody(body, CONTEXT))).toEqual({ ...(JSON.parse(body) as object), ...INSIDE });
  });

  it("is added to the caller's own context, and replaces the caller's value under its key", () => {
    const said = { requestContext: { mine: 1, 'agent-bgp': 'forged' }, messages: [] };
    const both = { messages: [], requestContext: { mine: 1, 'agent-bgp': CONTEXT } };
    expect(JSON.parse(inBody(JSON.stringify(said), CONTEXT))).toEqual(both);
    expect(inRequestContext(said, CONTEXT)).toEqual(both);
  });

  it.each([
    'requestContext',
    'request\\u0043ontext',
    '\\u0072equestContext',
    'requestContex\\u0074',
    '\\u0072equest\\u0043onte\\u0078t',
  ])("replaces the caller's value under %s", (key) => {
    const body = `{"messages":[],"${key}":{"mine":1,"agent-bgp":"forged"}}`;
    const both = { messages: [], requestContext: { mine: 1, 'agent-bgp': CONTEXT } };
    for (const start of ['', '\uFEFF']) expect(JSON.parse(inBody(start + body, CONTEXT))).toEqual(both);
  });

  it.each(['', 'hello', '[{}]', '{"requestContext": {', '{"requestContext":"text"}', '{"requestContext":[]}'])(
    'is omitted if the server will reject the request: %s',
    (body) => {
      expect(inBody(body, CONTEXT)).toBe(body);
    },
  );
});
