import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { VERSION, type Message } from '../../../../src/core/bgp/packet/message.ts';
import { FAMILIES } from '../../../../src/core/bgp/packet/nlri.ts';
import { ACCEPT_ALL } from '../../../../src/core/bgp/policy/policy.ts';
import { createSpeaker, decisionOf, type Speaker } from '../../../../src/core/bgp/state/state.ts';
import { Mirror } from '../../../../src/control-plane/peering/mirror.ts';
import type { MirrorFrame } from '../../../../src/control-plane/peering/mirror-frame.ts';
import { MirroredPeers } from '../../../../src/control-plane/peering/mirrored-peers.ts';
import type { SessionLink } from '../../../../src/control-plane/peering/session-link.ts';
import { Driver } from '../../../../src/control-plane/speaker/driver.ts';
import type { Link } from '../../../../src/control-plane/speaker/link.ts';
import { peerSettings } from '../../core/bgp/support/network.ts';
import { FakeLink } from '../speaker/fake-link.ts';

const REMOTE = { asn: 65_102, routerId: '10.0.0.2' };

function speakerOf(): Speaker {
  const [asn, routerId] = [65_101, '10.0.0.1'];
  const policy = ACCEPT_ALL;
  return createSpeaker({ asn, routerId, clusterId: routerId, policy, aggregates: [], maxPaths: 1, medTolerance: 0 });
}

/** The copy that has the session with the peer. */
class Owner {
  readonly mirror: Mirror;
  readonly driver: Driver;
  readonly link = new FakeLink(REMOTE);

  constructor(restartTimeSeconds: number) {
    const speaker = speakerOf();
    this.mirror = new Mirror(speaker);
    this.driver = driverOf(speaker, (event, effects) => {
      this.mirror.observe(event, effects);
    });
    this.driver.raise({ type: 'PeerConfigured', peer: settingsOf(), jitter: 0 });
    this.driver.accept('b', this.link);
    this.link.say({
      type: 'open',
      version: VERSION,
      ...REMOTE,
      holdTimeSeconds: 90,
      capabilities: {
        families: [...FAMILIES],
        routeRefresh: true,
        gracefulRestart: { restartTimeSeconds, restarted: false, preserved: true },
        proofs: true,
        decision: decisionOf(ACCEPT_ALL),
      },
    });
    this.link.say({ type: 'keepalive' });
  }
}

const settingsOf = () => peerSettings('b', REMOTE.asn, { passive: true, restartTimeSeconds: 30 });

function driverOf(speaker: Speaker, observe: Mirror['observe']): Driver {
  const never = () => new Promise<Link>(() => undefined);
  return new Driver({ speaker, dial: never, ended: () => [], observe, log: () => undefined });
}

const announced = (nlri: string, asPath = [REMOTE.asn]): Message => ({
  type: 'update',
  withdrawn: [],
  attributes: { asPath, nextHop: 'http://b', localPref: 100, med: 0, communities: [], capabilities: [], originTime: 1 },
  reach: [{ nlri }],
  proofs: [],
});

let owner: Owner;
let follower: Driver;
let mirrored: MirroredPeers;
let frames: MirrorFrame[];

beforeEach(() => {
  // Time stands still, so a turn of the event loop never uses up its share.
  vi.spyOn(performance, 'now').mockReturnValue(0);
  owner = new Owner(30);
  const speaker = speakerOf();
  follower = driverOf(speaker, () => undefined);
  follower.raise({ type: 'PeerConfigured', peer: { ...settingsOf(), holdTimeSeconds: 0 }, jitter: 0 });
  mirrored = new MirroredPeers(speaker, (link: SessionLink) => follower.accept(link.session.peer, link));
  frames = [];
});

afterEach(async () => {
  await Promise.all([owner.driver.stop(), follower.stop()]);
  vi.restoreAllMocks();
});

/** Sends the frames of the owner to the follower as over a socket. Returns a function that ends it. */
const follow = () =>
  owner.mirror.watch((frame) => {
    frames.push(frame);
    mirrored.take(JSON.parse(JSON.stringify(frame)));
  });

const isUp = () => follower.speaker.peers.get('b')?.session !== undefined;
const knows = (agent: string) => follower.speaker.locRib.get(agent)?.best !== undefined;

describe('another copy', () => {
  it('gets what a peer has announced before', () => {
    owner.link.say(announced('weather'));
    owner.link.say(announced('news', [REMOTE.asn, 65_200]));
    owner.link.say({ type: 'update', withdrawn: ['news'], reach: [], proofs: [] });
    follow();
    expect([isUp(), knows('weather'), knows('news')]).toEqual([true, true, false]);
    expect(frames.map(({ message }) => message?.type)).toEqual(['open', 'keepalive', 'update', 'update', 'update']);
  });

  it('gets what the peer announces from then on', () => {
    follow();
    owner.link.say(announced('weather'));
    expect(knows('weather')).toBe(true);
    owner.link.say({ type: 'update', withdrawn: ['weather'], reach: [], proofs: [] });
    expect(knows('weather')).toBe(false);
  });

  it('gets nothing after it has left', () => {
    follow()();
    const before = frames.length;
    owner.link.say(announced('weather'));
    expect(frames).toHaveLength(before);
  });

  it('ends the session when the peer does, with the same NOTIFICATION (RFC 4271 §6)', () => {
    follow();
    owner.link.say(announced('weather'));
    owner.link.say({ type: 'notification', code: 6, subcode: 2 });
    expect([isUp(), knows('weather')]).toEqual([false, false]);
    expect(frames.at(-1)).toMatchObject({ peer: 'b', message: { type: 'notification', code: 6, subcode: 2 } });
  });

  it('keeps the routes of a peer with a lost connection as long as the owner does (RFC 4724 §4.2)', () => {
    follow();
    owner.link.say(announced('weather'));
    owner.link.lose();
    expect(frames.at(-1)).toEqual({ peer: 'b' });
    expect([isUp(), knows('weather')]).toEqual([false, true]);
  });

  it('keeps the routes of all peers for a while when the owner is lost', () => {
    follow();
    owner.link.say(announced('weather'));
    mirrored.loseAll();
    expect([isUp(), knows('weather')]).toEqual([false, true]);
  });

  it('ignores frames of unknown peers and malformed frames', () => {
    const [before] = [follower.speaker.peers.size];
    for (const frame of [{ peer: 'c', message: { type: 'open' } }, { message: {} }, 'b', null]) mirrored.take(frame);
    mirrored.take({ peer: 'b', message: { type: 'keepalive' } });
    expect([follower.speaker.peers.size, isUp()]).toEqual([before, false]);
  });
});
