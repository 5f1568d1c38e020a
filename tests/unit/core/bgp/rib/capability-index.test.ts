import { describe, expect, it } from 'vitest';
import { CapabilityIndex } from '../../../../../src/core/bgp/rib/capability-index.ts';
import { routeWith } from '../support/route.ts';

const having = (nlri: string, ...capabilities: string[]) => ({ ...routeWith({ attributes: { capabilities } }), nlri });

describe('the agents of an Adj-RIB-In by capability', () => {
  it('are those that name exactly this path, in the order of their arrival', () => {
    const index = new CapabilityIndex();
    index.add(having('tess', 'coding/typescript', 'testing'));
    index.add(having('ada', 'coding/typescript'));
    index.add(having('jack', 'coding'));
    expect([...index.agentsWith('coding/typescript')]).toEqual(['tess', 'ada']);
    expect([...index.agentsWith('coding')]).toEqual(['jack']);
    expect([...index.agentsWith('coding/typescript/react')]).toEqual([]);
  });

  it('below a path are those of the path and of longer ones, and of none that only begins alike', () => {
    const index = new CapabilityIndex();
    index.add(having('tess', 'coding/typescript', 'coding/testing'));
    index.add(having('jack', 'coding'));
    index.add(having('lex', 'codingtheory', 'law/coding'));
    expect(new Set(index.agentsBelow('coding'))).toEqual(new Set(['tess', 'jack']));
    expect([...index.agentsBelow('coding/typescript')]).toEqual(['tess']);
    expect([...index.agentsBelow('cooking')]).toEqual([]);
  });

  it('go with their route, and leave nothing behind', () => {
    const index = new CapabilityIndex();
    const tess = having('tess', 'coding', 'testing');
    index.add(tess);
    index.add(having('ada', 'coding'));
    index.remove(tess);
    index.remove(having('unknown', 'coding', 'unheard-of'));
    expect([...index.agentsWith('coding')]).toEqual(['ada']);
    expect([...index.agentsWith('testing')]).toEqual([]);
    expect([...index.agentsBelow('testing')]).toEqual([]);
  });

  it('are found by what was received, not by what policy has made of it', () => {
    const index = new CapabilityIndex();
    const tess = having('tess', 'coding');
    index.add({ ...tess, attributes: { ...tess.attributes, capabilities: ['cooking'] } });
    expect([...index.agentsWith('coding')]).toEqual(['tess']);
    expect([...index.agentsWith('cooking')]).toEqual([]);
  });
});
