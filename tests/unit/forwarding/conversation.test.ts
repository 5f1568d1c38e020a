import { describe, expect, it } from 'vitest';
import { conversationIn, conversationOf } from '../../../src/forwarding/conversation.ts';

describe('the conversation of a call', () => {
  it('is named by thread and resource, wherever they stand', () => {
    const named = conversationOf({ threadId: 't', resourceId: 'r' });
    expect(named).toBeDefined();
    expect(conversationOf({ agentOptions: { memory: { thread: 't', resource: 'r' } } })).toBe(named);
    expect(conversationIn('{"messages":[],"memory":{"thread":"t","resource":"r"}}')).toBe(named);
    expect(conversationIn('{"messages":[],"threadId":"t","resourceId":"r"}')).toBe(named);
    expect(conversationOf({ threadId: 'u', resourceId: 'r' })).not.toBe(named);
  });

  it.each(['', '[]', 'null', '"text"', '{"messages":[]}', '{"memory":7}'])('%j belongs to none', (body) => {
    expect(conversationIn(body)).toBeUndefined();
  });
});
