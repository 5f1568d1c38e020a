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

/** Introduces a router that knows a key, and yields the session that it gets. */
function introduce(keeper: Doorkeeper, said: Hello, key: string | undefined) {
  const challenge = keeper.greet(said);
  const handshake = new Handshake(key, said, challenge);
  return { challenge, handshake, ...keeper.admit(challenge.session, handshake.proof('dialler')) };
}

describe('a router that dials us', () => {
  it('is the peer whose key it knows, and gets our proof in return', () => {
    const { keeper } = doorkeeper([peer(65_102, 'secret')]);
    const { session, handshake, proof } = introduce(keeper, hello(), 'secret');
    expect(session).toMatchObject({ peer: 'as65102', remote: { asn: 65_102, routerId: '10.0.0.2' } });
    expect(handshake.isProof('answerer', proof)).toBe(true);
    expect(session.tokenKey).toEqual(handshake.tokenKey());
  });

  it('cannot give our own proof back to us', () => {
    const { keeper } = doorkeeper([peer(65_102, 'secret')]);
    const said = hello();
    const challenge = keeper.greet(said);
    const mirrored = new Handshake('secret', said, challenge).proof('answerer');
    expect(() => keeper.admit(challenge.session, mirrored)).toThrow('AS 65102 does not know the key');
  });

  it.each([
    ['has another key', hello(), 'other', 'AS 65102 does not know the key'],
    ['has no key', hello(), undefined, 'AS 65102 does not know the key'],
    ['is nobody we know', hello({ asn: 65_999 }), 'secret', 'AS 65999 is not configured as a peer'],
    ['knows the key of another peer alone', hello({ asn: 65_103 }), 'secret', 'AS 65103 does not know the key'],
    ['has a clock of its own', hello({ time: 940_000 }), 'secret', 'the clock of AS 65102 and ours are 60 s apart'],
    ['speaks another version', hello({ protocol: 'agent-bgp.v2' }), 'secret', 'AS 65102 speaks agent-bgp.v2'],
  ])('is refused when it %s', (_, said, key, reason) => {
    const { keeper } = doorkeeper([peer(65_102, 'secret'), peer(65_103, 'their secret')]);
    expect(() => introduce(keeper, said, key)).toThrow(PeerRefused);
    expect(() => introduce(keeper, said, key)).toThrow(reason);
  });

  it('is refused when it is ourselves', () => {
    const { keeper } = doorkeeper([peer(LOCAL.asn, 'secret')]);
    expect(() => introduce(keeper, hello(LOCAL), 'secret')).toThrow('this is our own router');
  });

  it('sees no difference between a peer and a stranger before it has proved itself', () => {
    const { keeper } = doorkeeper([peer(65_102, 'secret')]);
    const [known, unknown] = [keeper.greet(hello()), keeper.greet(hello({ asn: 65_999 }))];
    expect(Object.keys(known)).toEqual(Object.keys(unknown));
  });

  it('cannot use what another one said before', () => {
    const { keeper } = doorkeeper([peer(65_102, 'secret')]);
    const said = hello();
    const { challenge, handshake } = introduce(keeper, said, 'secret');
    const recorded = handshake.proof('dialler');
    expect(() => keeper.admit(challenge.session, recorded)).toThrow('a proof came to no challenge');
    expect(() => keeper.admit(keeper.greet(said).session, recorded)).toThrow('does not know the key');
  });

  it('has ten seconds to prove itself', () => {
    const { keeper, clock } = doorkeeper([peer(65_102, 'secret')]);
    const said = hello();
    const challenge = keeper.greet(said);
    clock.now += 10_000;
    const proof = new Handshake('secret', said, challenge).proof('dialler');
    expect(() => keeper.admit(challenge.session, proof)).toThrow('or too late');
  });

  it.each([
    ['is another router than the one that is established', '10.0.0.9', true],
    ['is the established router again', '10.0.0.2', false],
  ])('with or without a proof, when it %s, is refused with a reason: %s is %s', (_, routerId, isRefused) => {
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

  it('learns who is established only after its proof', () => {
    const { keeper } = doorkeeper([peer(65_102, 'secret')], { asn: 65_102, routerId: '10.0.0.2' });
    expect(() => introduce(keeper, hello({ routerId: '10.0.0.9' }), 'guess')).toThrow('does not know the key');
    expect(() => introduce(keeper, hello({ routerId: '10.0.0.9' }), 'secret')).toThrow(SessionHeld);
  });

  it('is told apart by its URL where its AS has several routers among our peers', () => {
    const { keeper } = doorkeeper([peer(65_102, 'secret', 'http://a'), peer(65_102, 'secret', 'http://b')]);
    expect(introduce(keeper, hello({ url: 'http://b' }), 'secret').session.peer).toBe('as65102http://b');
    expect(() => introduce(keeper, hello(), 'secret')).toThrow('one without a URL is none of them');
  });

  it('is told apart by its key where it comes under another URL', () => {
    const { keeper } = doorkeeper([peer(65_102, 'one', 'http://a'), peer(65_102, 'two', 'http://b')]);
    expect(introduce(keeper, hello({ url: 'http://behind-nat' }), 'two').session.peer).toBe('as65102http://b');
    expect(introduce(keeper, hello(), 'one').session.peer).toBe('as65102http://a');
    expect(() => introduce(keeper, hello(), 'three')).toThrow('AS 65102 does not know the key');
    expect(() => introduce(keeper, hello({ url: 'http://a' }), 'two')).toThrow('AS 65102 does not know the key');
  });

  it('needs no proof where no key is set', () => {
    const { keeper } = doorkeeper([peer(65_102, undefined), peer(65_103, 'secret')]);
    expect(keeper.admitPlain({ asn: 65_102, routerId: '10.0.0.2' })).toMatchObject({
      peer: 'as65102',
      account: 'as65102',
      tokenKey: undefined,
    });
    expect(() => keeper.admitPlain({ asn: 65_103, routerId: '10.0.0.3' })).toThrow('did not prove that it knows it');
  });
});
