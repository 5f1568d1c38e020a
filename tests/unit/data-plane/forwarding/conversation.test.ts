import { describe, expect, it } from 'vitest';
import { conversationIn, conversationOf } from '../../../../src/data-plane/forwarding/conversation.ts';

describe('the conversation of a call', () => {
  it('is named by thread and resource, wherever they are in the body', () => {
    const named = conversationOf({ threadId: 't', resourceId: 'r' });
    expect(named).toBeDefined();
    expect(conversationOf({ agentOptions: { memory: { thread: 't', resource: 'r' } } })).toBe(named);
    expect(conversationIn('{"messages":[],"memory":{"thread":"t","resource":"r"}}')).toBe(named);
    expect(conversationIn('{"messages":[],"threadId":"t","resourceId":"r"}')).toBe(named);
    expect(conversationOf({ threadId: 'u', resourceId: 'r' })).not.toBe(named);
  });

  it.each(['', '[]', 'null', '"text"', '{"messages":[]}', '{"memory":7}'])('is absent in %j', (body) => {
    expect(conversationIn(body)).toBeUndefined();
  });

  it.each(['threadId', 'memory'])('has a short name, however long %s is', (key) => {
    const thread = (last: string) => `${'t'.repeat(1_000_000)}${last}`;
    const name = (last: string) =>
      conversationIn(
        JSON.stringify(key === 'memory' ? { memory: { thread: thread(last) } } : { threadId: thread(last) }),
      );
    expect(name('1')?.length).toBeLessThan(300);
    expect(name('1')).toBe(name('1'));
    expect(name('1')).not.toBe(name('2'));
    expect(conversationOf({ threadId: thread('1') })?.length).toBeLessThan(300);
  });

  it('is found under a key that is written with escapes', () => {
    expect(conversationIn('{"thread\\u0049d":"t"}')).toBe(conversationOf({ threadId: 't' }));
  });
});
