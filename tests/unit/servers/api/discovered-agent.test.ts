import { describe, expect, it } from 'vitest';
import { discoveredAgent } from '../../../../src/servers/api/discovered-agent.ts';

function listed(id: string, entry: unknown): { agent: ReturnType<typeof discoveredAgent>; notes: string[] } {
  const notes: string[] = [];
  return { agent: discoveredAgent(id, entry, notes), notes };
}

describe('an agent of a listing', () => {
  it('takes capabilities and communities from its metadata', () => {
    const metadata = { capabilities: ['coding/typescript/*', 'coding/typescript', 'review'], communities: ['gold'] };
    const { agent, notes } = listed('a', { name: 'A', description: 'writes code', metadata });
    expect(agent).toEqual({
      id: 'a',
      name: 'A',
      description: 'writes code',
      capabilities: ['coding/typescript', 'review'],
      inferred: false,
      communities: ['gold'],
    });
    expect(notes).toEqual([]);
  });

  it('infers capabilities only when none are declared', () => {
    expect(listed('a', { name: 'Weather', tools: { clock: { id: 'clock' }, map: {} } }).agent).toMatchObject({
      capabilities: ['clock', 'map', 'weather'],
      inferred: true,
    });
    expect(listed('a', { name: 'Weather', metadata: { capabilities: [] } }).agent).toMatchObject({
      capabilities: [],
      inferred: false,
    });
  });

  it('is marked only if its model is of the older kind', () => {
    expect(listed('a', { modelVersion: 'v1' }).agent).toMatchObject({ modelVersion: 'v1' });
    for (const modelVersion of ['v2', 7, undefined]) {
      expect(listed('a', { modelVersion }).agent).not.toHaveProperty('modelVersion');
    }
  });

  it('never keeps its instructions', () => {
    expect(JSON.stringify(listed('a', { name: 'A', instructions: 'the system prompt' }))).not.toContain('prompt');
  });

  it('has text without control and direction characters, on one line and truncated', () => {
    const name = 'Evil\u202E\u0007\nname';
    const { agent } = listed('a', { name, description: 'x'.repeat(5000) });
    expect(agent?.name).toBe('Evil name');
    expect(agent?.description).toHaveLength(1000);
  });

  it('is named by its id when it has no name', () => {
    expect(listed('a', {}).agent?.name).toBe('a');
    expect(listed('a', { name: 7, tools: 'none', metadata: [] }).agent).toMatchObject({ name: 'a', description: '' });
  });

  it.each(['', '~coding', '../x', 'a\u0000b', 'a\u202eb', 'a\u200b', 'a\u{e0041}', 'x'.repeat(257)])(
    'is left out with a note when its id is %j',
    (id) => {
      const { agent, notes } = listed(id, { name: 'A' });
      expect(agent).toBeUndefined();
      expect(notes).toHaveLength(1);
      expect(notes[0]).toMatch(/is left out, because its id (is|begins|contains)/);
    },
  );

  it.each(['text', 7, null])('is left out with a note when its entry is %j', (entry) => {
    expect(listed('a', entry)).toMatchObject({
      agent: undefined,
      notes: [expect.stringContaining('is not an object')],
    });
  });

  it('loses invalid tags, and cannot claim to come from a server or an AS', () => {
    const metadata = {
      capabilities: ['fine', 'not fine', 7],
      communities: ['server:x', 'as:1', 'a b', 'a\u202eb', 'x'.repeat(129), 'gold', ''],
    };
    const { agent, notes } = listed('a', { metadata });
    expect(agent).toMatchObject({ capabilities: ['fine'], communities: ['gold'] });
    expect(notes).toHaveLength(8);
    for (const note of notes) expect(note).not.toMatch(/\p{C}/u);
  });

  it('keeps just more tags than a route may have, so that the route is left out', () => {
    const capabilities = Array.from({ length: 1000 }, (_, index) => `c${index}`);
    expect(listed('a', { metadata: { capabilities } }).agent?.capabilities).toHaveLength(257);
    const communities = ['x'.repeat(129), ...capabilities.slice(0, 65)];
    expect(listed('a', { metadata: { communities } }).agent?.communities).toHaveLength(65);
  });

  it('has a bounded number of notes', () => {
    const { agent, notes } = listed('a', {
      metadata: { capabilities: [...Array<string>(1000).fill('not fine'), 'fine'] },
    });
    expect(agent?.capabilities).toEqual(['fine']);
    expect(notes).toHaveLength(16);
  });
});
