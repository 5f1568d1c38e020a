import { beforeEach, describe, expect, it } from 'vitest';
import type { GracefulRestart } from '../../../../../src/core/bgp/packet/message.ts';
import { Router } from '../support/router.ts';

const AGENT = 'weatherAgent';
const restart: GracefulRestart = { restartTimeSeconds: 60, restarted: false, preserved: true };

describe('End-of-RIB (RFC 4724 §2)', () => {
  it('follows the first exchange, once for each family that was agreed on', () => {
    const router = new Router();
    router.originate(AGENT);
    router.up('a', 65010);
    router.up('b', 65020, {}, { families: ['agent'] });
    const said = (id: string) =>
      router.messages(id).flatMap((message) => (message.type === 'update' ? (message.endOfRib ?? 'routes') : []));
    expect(said('a')).toEqual(['routes', 'agent', 'capability']);
    expect(said('b')).toEqual(['routes', 'agent']);
    router.originate('another');
    expect(said('a')).toEqual(['routes']);
  });

  it('waits after a restart until all is known again, and says so in OPEN (RFC 4724 §4.1)', () => {
    const router = new Router({ restarting: true });
    router.up('a', 65010, { restartTimeSeconds: 60 }, { gracefulRestart: restart });
    router.configure('b', 65020);
    const first = router.messages('a');
    expect(first).toMatchObject([
      { type: 'open', capabilities: { gracefulRestart: { restarted: true } } },
      { type: 'keepalive' },
    ]);
    router.originate(AGENT);
    expect(router.messages('a')).toMatchObject([{ reach: [{ nlri: AGENT }] }]);
    router.event({ type: 'RestartCompleted' });
    expect(router.messages('a')).toMatchObject([{ endOfRib: 'agent' }, { endOfRib: 'capability' }]);
    router.lose('a');
    router.up('a', 65010, {}, { gracefulRestart: restart });
    expect(router.messages('a')).toMatchObject([
      { capabilities: { gracefulRestart: { restarted: false } } },
      { type: 'keepalive' },
      { reach: [{ nlri: AGENT }] },
      { endOfRib: 'agent' },
      { endOfRib: 'capability' },
    ]);
  });
});

describe('the loss of a session', () => {
  it('takes away all that the peer said, at once (RFC 4271 §8.2.2)', () => {
    const router = new Router();
    router.up('a', 65010);
    router.up('b', 65020);
    router.announce('a', [AGENT, '~weather']);
    router.told('b');
    router.lose('a');
    expect(router.speaker.locRib.size).toBe(0);
    expect(router.told('b')).toMatchObject([{ withdrawn: [AGENT, '~weather'], proofs: [] }]);
    expect(router.peer('a').adjRibOut.size).toBe(0);
  });

  it('makes the next session begin without the wait of the last (RFC 4271 §9.2.1.1)', () => {
    const router = new Router();
    router.up('a', 65010, { advertisementIntervalMs: 30_000 });
    router.originate(AGENT);
    router.wait(1_000);
    router.originate('late');
    router.lose('a');
    expect([...router.timers.values()].filter(({ timer }) => timer.kind === 'advertise')).toEqual([]);
    router.messages('a');
    router.up('a', 65010);
    expect(router.told('a').flatMap(({ reach }) => reach.map(({ nlri }) => nlri))).toEqual([AGENT, 'late']);
  });
});

describe('graceful restart (RFC 4724 §4.2)', () => {
  let router: Router;

  beforeEach(() => {
    router = new Router();
    router.up('a', 65010, { restartTimeSeconds: 60 }, { gracefulRestart: restart });
    router.up('b', 65020);
    router.announce('a', [AGENT, 'second', '~weather']);
    router.told('b');
  });

  const back = (says: Partial<GracefulRestart> = {}) => {
    router.up('a', 65010, {}, { gracefulRestart: { ...restart, ...says } });
  };
  const known = () => [...router.peer('a').adjRibIn.keys()];

  it('keeps the routes of a lost peer as stale and tells nobody', () => {
    router.lose('a');
    expect(router.best(AGENT)?.stale).toBe(true);
    expect(router.told('b')).toEqual([]);
  });

  it('prefers any fresh route to a stale one', () => {
    router.lose('a');
    router.announce('b', AGENT, { asPath: [65020, 1, 2, 3] });
    expect(router.best(AGENT)?.source).toMatchObject({ id: 'b' });
  });

  it('drops what is stale when the time is over', () => {
    router.lose('a');
    router.wait(59_999);
    expect(known()).toEqual([AGENT, 'second', '~weather']);
    router.wait(1);
    expect(known()).toEqual([]);
    expect(router.told('b')).toMatchObject([{ withdrawn: [AGENT, 'second', '~weather'] }]);
  });

  it('keeps what the peer sends again and drops the rest at its End-of-RIB, by family', () => {
    router.lose('a');
    back();
    router.announce('a', AGENT);
    expect(router.best(AGENT)?.stale).toBe(false);
    router.update('a', { endOfRib: 'agent' });
    expect(known()).toEqual([AGENT, '~weather']);
    router.update('a', { endOfRib: 'capability' });
    expect(known()).toEqual([AGENT]);
    expect(router.told('b')).toMatchObject([{ withdrawn: ['second'] }, { withdrawn: ['~weather'] }]);
  });

  it('drops what is still stale when a peer that came back does not finish in time', () => {
    router.lose('a');
    router.wait(50_000);
    back();
    router.announce('a', AGENT);
    router.wait(50_000);
    expect(known()).toEqual([AGENT, 'second', '~weather']);
    router.receive('a', { type: 'keepalive' });
    router.wait(10_000);
    expect(known()).toEqual([AGENT]);
  });

  it.each([
    ['did not keep its own routes', { preserved: false }],
    ['no longer speaks of it', undefined],
  ])('drops everything at once when the peer comes back and %s', (_what, says) => {
    router.lose('a');
    if (says === undefined) router.up('a', 65010, {}, {});
    else back(says);
    expect(known()).toEqual([]);
  });

  it('drops the family that a peer no longer speaks when it comes back', () => {
    router.lose('a');
    router.up('a', 65010, {}, { gracefulRestart: restart, families: ['agent'] });
    expect(known()).toEqual([AGENT, 'second']);
  });

  it('does not keep over a second restart what was not sent again after the first', () => {
    router.lose('a');
    back();
    router.announce('a', AGENT);
    router.lose('a');
    expect(known()).toEqual([AGENT]);
  });

  it.each([
    ['says farewell', () => router.receive('a', { type: 'notification', code: 6, subcode: 2 })],
    ['is silent for the hold time', () => router.wait(90_000)],
    ['is removed', () => router.event({ type: 'PeerRemoved', peer: 'a' })],
  ])('is not for a peer that %s', (_what, act) => {
    act();
    expect(router.speaker.locRib.size).toBe(0);
  });

  it('ends for good with the peer', () => {
    router.lose('a');
    router.event({ type: 'PeerRemoved', peer: 'a' });
    expect(router.speaker.locRib.size).toBe(0);
    expect([...router.timers.values()].filter(({ timer }) => timer.kind === 'stale')).toEqual([]);
  });

  it('needs both sides', () => {
    router.up('c', 65030, {}, { gracefulRestart: restart });
    router.announce('c', 'third');
    router.lose('c');
    expect(router.best('third')).toBeUndefined();
  });

  it('starts no timer where nothing is stale', () => {
    expect([...router.timers.values()].filter(({ timer }) => timer.kind === 'stale')).toEqual([]);
  });

  it('lets a dead life stay dead, stale or sent again', () => {
    router.announce('a', AGENT, {}, { life: 'mortal' });
    router.lose('a');
    router.update('b', { proofs: [{ nlri: AGENT, secret: 's', life: 'mortal' }] });
    expect(router.best(AGENT)).toBeUndefined();
    back();
    router.announce('a', AGENT, {}, { life: 'mortal' });
    expect(router.heard('a', AGENT)).toMatchObject({ stale: false, ineligible: { type: 'life-ended' } });
  });
});

describe('route refresh (RFC 2918 §4)', () => {
  it('tells the family again, changed or not, and only to who asked', () => {
    const router = new Router();
    router.originate(AGENT, { capabilities: ['weather'] });
    router.up('a', 65010);
    router.up('b', 65020);
    router.told('a');
    router.told('b');
    router.receive('a', { type: 'route-refresh', family: 'agent' });
    expect(router.told('a')).toMatchObject([{ withdrawn: [], reach: [{ nlri: AGENT }] }]);
    expect(router.told('b')).toEqual([]);
    router.receive('a', { type: 'route-refresh', family: 'capability' });
    expect(router.told('a')).toMatchObject([{ withdrawn: [], reach: [{ nlri: '~weather' }] }]);
  });

  it('is asked for each family on request, of a peer that understands it', () => {
    const router = new Router();
    router.up('a', 65010);
    router.up('b', 65020, {}, { routeRefresh: false });
    router.configure('c', 65030);
    for (const peer of ['a', 'b', 'c', 'nobody']) {
      if (router.speaker.peers.has(peer)) router.messages(peer);
      router.event({ type: 'RefreshRequested', peer });
    }
    expect(router.messages('a')).toEqual([
      { type: 'route-refresh', family: 'agent' },
      { type: 'route-refresh', family: 'capability' },
    ]);
    expect(router.messages('b')).toEqual([]);
    expect(router.messages('c')).toEqual([]);
  });
});
