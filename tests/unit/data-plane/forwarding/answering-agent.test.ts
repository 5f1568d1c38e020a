import { describe, expect, it } from 'vitest';
import { passedAnsweringAgent, readAnsweringAgent } from '../../../../src/data-plane/forwarding/answering-agent.ts';

describe('the answering agent, as another router names it', () => {
  it.each([
    ['65103/compiler', { asn: 65_103, agentId: 'compiler' }],
    ['65103/a%2Fb%20c', { asn: 65_103, agentId: 'a/b c' }],
    ['65103/%D9%85%DB%8C%E2%80%8C%D8%AF', { asn: 65_103, agentId: 'می\u200cد' }],
  ])('is read and forwarded: %s', (said, answeringAgent) => {
    expect(readAnsweringAgent(said)).toEqual(answeringAgent);
    expect(passedAnsweringAgent(said)).toBe(said);
  });

  it.each([
    null,
    '',
    'compiler',
    '0/compiler',
    '65103/',
    '65103/%1B%5B31m',
    '65103/a%E2%80%AEb',
    '65103/a%E2%80%8B',
    '65103/%F3%A0%81%81',
    '65103/~coding',
    '65103/one two three four five',
    `65103/${'x'.repeat(129)}`,
  ])('is ignored if it cannot be the id of a peer’s agent: %j', (said) => {
    expect(readAnsweringAgent(said)).toBeUndefined();
    expect(passedAnsweringAgent(said)).toBeUndefined();
  });
});
