import { describe, expect, it } from 'vitest';
import { Doorkeeper, type KnownPeer } from '../../../../src/control-plane/peering/doorkeeper.ts';
import { drawNonce, Handshake } from '../../../../src/control-plane/peering/handshake.ts';
import { PROTOCOL, type Hello } from '../../../../src/control-plane/peering/hello.ts';
import { PeerRefused } from '../../../../src/control-plane/peering/peer-refused.ts';
import { SessionHeld } from '../../../../src/control-plane/peering/session-held.ts';
import type { Identity } from '../../../../src/control-plane/speaker/identity.ts';

const LOCAL = { asn: 65_101, routerId: '10.0.0.1' };

const peer = (asn: number, key: string | undefined, url?: string): KnownPeer => ({
  id: `as${asn}${url ?? ''}`,
  account: `as${asn}`,
  asn,
  key,
  url,
});

function doorkeeper(peers: readonly KnownPeer[], holder?: Identity) {
  const clock = { now: 1_000_000 };
  return {
    clock,
    keeper: new Doorkeeper({
      local: LOCAL,
      peers,
      now: () => clock.now,
      guest: () => undefined,
      established: () => holder,
    }),
  };
}

const hello = (change: Partial<Hello> = {}): Hello => ({
  type: 'hello',
  protocol: PROTOCOL,
  asn: 65_102,
  routerId: '10.0.0.2',
  nonce: drawNonce(),
  time: 1_000_000,
  ...change,
});

/** Introduces a router that knows a key, and returns its session. */
function introduce(keeper: Doorkeeper, said: Hello, key: string | undefined) {
  const challenge = keeper.greet(said);
  const handshake = new Handshake(key, said, challenge);
  return { challenge, handshake, ...keeper.admit(challenge.session, handshake.proof('dialler')) };
}

describe('a router that dials us', () => {
  it('becomes the peer whose key it knows, and gets our proof', () => {
    const { keeper } = doorkeeper([peer(65_102, 'secret')]);
    const { session, handshake, proof } = introduce(keeper, hello(), 'secret');
    expect(session).toMatchObject({ peer: 'as65102', remote: { asn: 65_102, routerId: '10.0.0.2' } });
    expect(handshake.isProof('answerer', proof)).toBe(true);
    expect(session.tokenKey).toEqual(handshake.tokenKey());
  });

  it('cannot use our own proof', () => {
    const { keeper } = doorkeeper([peer(65_102, 'secret')]);
    const said = hello();
    const challenge = keeper.greet(said);
    const mirrored = new Handshake('secret', said, challenge).proof('answerer');
    expect(() => keeper.admit(challenge.session, mirrored)).toThrow('AS 65102 does not know the key');
  });

  it.each([
    ['has another key', hello(), 'other', 'AS 65102 does not know the key'],
    ['has no key', hello(), undefined, 'AS 65102 does not know the key'],
    ['is unknown', hello({ asn: 65_999 }), 'secret', 'AS 65999 is not configured as a peer'],
    ['knows only the key of another peer', hello({ asn: 65_103 }), 'secret', 'AS 65103 does not know the key'],
    ['has a wrong clock', hello({ time: 940_000 }), 'secret', 'the clock of AS 65102 differs from ours by 60 s'],
    ['uses another version', hello({ protocol: 'agent-bgp.v2' }), 'secret', 'AS 65102 uses agent-bgp.v2'],
  ])('is rejected if it %s', (_, said, key, reason) => {
    const { keeper } = doorkeeper([peer(65_102, 'secret'), peer(65_103, 'their secret')]);
    expect(() => introduce(keeper, said, key)).toThrow(PeerRefused);
    expect(() => introduce(keeper, said, key)).toThrow(reason);
  });

  it('is rejected if it is our own router', () => {
    const { keeper } = doorkeeper([peer(LOCAL.asn, 'secret')]);
    expect(() => introduce(keeper, hello(LOCAL), 'secret')).toThrow('the hello has our own AS number and router id');
  });

  it('gets the same form of challenge as a peer and as a stranger', () => {
    const { keeper } = doorkeeper([peer(65_102, 'secret')]);
    const [known, unknown] = [keeper.greet(hello()), keeper.greet(hello({ asn: 65_999 }))];
    expect(Object.keys(known)).toEqual(Object.keys(unknown));
  });

  it('cannot replay the proof of another router', () => {
    const { keeper } = doorkeeper([peer(65_102, 'secret')]);
    const said = hello();
    const { challenge, handshake } = introduce(keeper, said, 'secret');
    const recorded = handshake.proof('dialler');
    expect(() => keeper.admit(challenge.session, recorded)).toThrow('a proof did not match a pending challenge');
    expect(() => keeper.admit(keeper.greet(said).session, recorded)).toThrow('does not know the key');
  });

  it('has ten seconds to prove itself', () => {
    const { keeper, clock } = doorkeeper([peer(65_102, 'secret')]);
    const said = hello();
    const challenge = keeper.greet(said);
    clock.now += 10_000;
    const proof = new Handshake('secret', said, challenge).proof('dialler');
    expect(() => keeper.admit(challenge.session, proof)).toThrow('a proof did not match a pending challenge');
  });

  it.each([
    ['is another router than the established one', '10.0.0.9', true],
    ['is the established router again', '10.0.0.2', false],
  ])('with or without a proof, if it %s with id %s, is rejected with a reason: %s', (_, routerId, isRefused) => {
    const { keeper } = doorkeeper([peer(65_102, undefined)], { asn: 65_102, routerId: '10.0.0.2' });
    const ways = [
      () => introduce(keeper, hello({ routerId }), undefined),
      () => keeper.admitPlain({ asn: 65_102, routerId }),
    ];
    for (const way of ways) {
      if (!isRefused) expect(way).not.toThrow();
      else expect(way).toThrow(SessionHeld);
      if (isRefused) expect(way).toThrow('AS 65102 is established here as router 10.0.0.2; router 10.0.0.9 must wait');
    }
  });

  it('learns only after its proof that another router is established', () => {
    const { keeper } = doorkeeper([peer(65_102, 'secret')], { asn: 65_102, routerId: '10.0.0.2' });
    expect(() => introduce(keeper, hello({ routerId: '10.0.0.9' }), 'guess')).toThrow('does not know the key');
    expect(() => introduce(keeper, hello({ routerId: '10.0.0.9' }), 'secret')).toThrow(SessionHeld);
  });

  it('is identified by its URL if several peers have its AS and key', () => {
    const { keeper } = doorkeeper([peer(65_102, 'secret', 'http://a'), peer(65_102, 'secret', 'http://b')]);
    expect(introduce(keeper, hello({ url: 'http://b' }), 'secret').session.peer).toBe('as65102http://b');
    expect(() => introduce(keeper, hello(), 'secret')).toThrow('none of them has the URL of the router (none)');
  });

  it('is identified by its key if its URL is unknown', () => {
    const { keeper } = doorkeeper([peer(65_102, 'one', 'http://a'), peer(65_102, 'two', 'http://b')]);
    expect(introduce(keeper, hello({ url: 'http://behind-nat' }), 'two').session.peer).toBe('as65102http://b');
    expect(introduce(keeper, hello(), 'one').session.peer).toBe('as65102http://a');
    expect(() => introduce(keeper, hello(), 'three')).toThrow('AS 65102 does not know the key');
    expect(() => introduce(keeper, hello({ url: 'http://a' }), 'two')).toThrow('AS 65102 does not know the key');
  });

  it('needs no proof if no key is set', () => {
    const { keeper } = doorkeeper([peer(65_102, undefined), peer(65_103, 'secret')]);
    expect(keeper.admitPlain({ asn: 65_102, routerId: '10.0.0.2' })).toMatchObject({
      peer: 'as65102',
      account: 'as65102',
      tokenKey: undefined,
    });
    expect(() => keeper.admitPlain({ asn: 65_103, routerId: '10.0.0.3' })).toThrow('did not prove that it knows it');
  });
});
