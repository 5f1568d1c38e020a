import { beforeEach, describe, expect, it } from 'vitest';
import { Network } from './support/network.ts';

describe('two routers', () => {
  let network: Network;

  beforeEach(() => {
    network = new Network();
    network.add('a', { asn: 65000 });
    network.add('b', { asn: 65010 });
    network.originate('a', 'weatherAgent', { capabilities: ['weather'] });
    network.link('a', 'b');
  });

  it('exchange what they know when their session comes up, and say when that is all (RFC 4724 §2)', () => {
    expect(network.best('b', 'weatherAgent')?.attributes).toMatchObject({ asPath: [65000], nextHop: 'http://a' });
    expect(network.best('b', '~weather')?.attributes.asPath).toEqual([65000]);
    const ends = network.sent.flatMap(({ from, message }) =>
      from === 'a' && message.type === 'update' && message.endOfRib !== undefined ? message.endOfRib : [],
    );
    expect(ends).toEqual(['agent', 'capability']);
  });

  it('keep the ASNs of their stubs to themselves', () => {
    expect(network.best('a', 'weatherAgent')?.attributes.asPath).toEqual([65001]);
    expect(network.updates('a', 'b')[0]?.attributes?.asPath).toEqual([65000]);
  });

  it('tell each other of a withdrawal', () => {
    network.end('a', 'weatherAgent');
    network.run();
    expect(network.best('b', 'weatherAgent')).toBeUndefined();
    expect(network.speaker('b').locRib.size).toBe(0);
  });
});
