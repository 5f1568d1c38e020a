import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { continuedTrace } from '../../../../src/data-plane/forwarding/trace-context.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = `00-${TRACE}-00f067aa0ba902b7-01`;
const state = (tracestate: string | undefined, parent = PARENT) => continuedTrace(parent, tracestate).tracestate;

describe('the trace context of a call', () => {
  it('keeps the trace and its flags, with a span of our own', () => {
    const { traceparent } = continuedTrace(PARENT, undefined);
    expect(traceparent).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`));
    expect(traceparent).not.toBe(PARENT);
  });

  it.each([
    'congo=t61rcWkgMzE',
    'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE',
    'fw529a3039@dt=FfUkgMzE , \t a/b=1,,c*d=2 3',
    `a=${'x'.repeat(256)}`,
    Array.from({ length: 32 }, (_, at) => `k${at}=v`).join(','),
  ])('keeps the state %s', (text) => {
    expect(state(text)).toBe(text);
  });

  it.each([
    '',
    ' , ',
    'congo',
    '=value',
    'a=',
    'a=b=c',
    'Upper=case',
    'a=1,a=2',
    'a=\r\nx-injected: 1',
    'a=\u0000',
    'a=é',
    'a=日本',
    'a=\ud800',
    `a=${'x'.repeat(257)}`,
    'a=b,'.repeat(200),
    Array.from({ length: 33 }, (_, at) => `k${at}=v`).join(','),
    Array.from({ length: 30 }, (_, at) => `key-${at}=${'v'.repeat(20)}`).join(','),
  ])('drops the state %j', (text) => {
    expect(state(text)).toBeUndefined();
  });

  it.each([
    undefined,
    '',
    'no trace',
    PARENT.toUpperCase(),
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `${PARENT}\r\n`,
  ])('begins a new trace, without the state, if the parent is %j', (parent) => {
    const { traceparent, tracestate } = continuedTrace(parent, 'congo=t61rcWkgMzE');
    expect(traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(traceparent).not.toContain(TRACE);
    expect(tracestate).toBeUndefined();
  });

  it('is valid in a header, whatever it came from', () => {
    const text = fc.oneof(
      fc.array(fc.nat(0xffff)).map((codes) => String.fromCharCode(...codes)),
      fc.string(),
      fc.string().map((value) => `a=${value}`),
    );
    fc.assert(
      fc.property(fc.oneof(fc.constant(PARENT), text), text, (parent, given) => {
        const { traceparent, tracestate } = continuedTrace(parent, given);
        for (const value of [traceparent, tracestate ?? '']) expect(value).toMatch(/^[\t\x20-\x7e]{0,512}$/);
      }),
    );
  });
});
