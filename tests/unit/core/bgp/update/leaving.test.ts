import { beforeEach, describe, expect, it } from 'vitest';
import { MAX_ENDED_AT_ONCE } from '../../../../../src/core/bgp/update/leaving.ts';
import { ACCEPT_ALL } from '../../../../../src/core/bgp/policy/policy.ts';
import { Router } from '../support/router.ts';

const COUNT = 2 * MAX_ENDED_AT_ONCE + 500;
const agents = Array.from({ length: COUNT }, (_, at) => `agent${at}`);

describe('a large table of a session that has ended (RFC 4271 §8.2.2)', () => {
  let router: Router;

  beforeEach(() => {
    router = new Router();
    router.up('a', 65010);
    router.up('b', 65020);
    router.announce('a', agents);
    router.automatic = false;
    router.lose('a');
  });

  const purge = () => {
    router.event({ type: 'TimerExpired', timer: { kind: 'purge' }, jitter: 0 });
  };

  it('goes part by part, and its memory with it', () => {
    const sizes = [router.speaker.locRib.size];
    expect(router.heard('a', agents[COUNT - 1]!)).toBeUndefined();
    while (router.timers.delete(JSON.stringify({ kind: 'purge' }))) {
      purge();
      sizes.push(router.speaker.locRib.size);
    }
    expect(sizes).toEqual([COUNT - MAX_ENDED_AT_ONCE, 500, 0]);
    expect(router.speaker.peerBytes.ofAll).toBe(0);
    router.wait(1_000);
    expect(Object.keys(router.adjRibOut('b'))).toEqual([]);
  });

  it('leaves what its peer announces again meanwhile', () => {
    router.up('a', 65010);
    router.announce('a', agents.slice(-10));
    router.wait(1_000);
    expect(router.speaker.locRib.size).toBe(10);
    expect(Object.keys(router.adjRibOut('b'))).toEqual(agents.slice(-10));
  });

  it('takes no memory from what its peer announces again', () => {
    router.wait(1_000);
    router.up('a', 65010);
    router.announce('a', agents);
    const maxBytes = router.peer('a').footprint.bytes;
    router.configure('a', 65010, { maxBytes });
    router.up('a', 65010);
    router.announce('a', agents);
    expect(router.peer('a').adjRibIn.size).toBe(COUNT);
    router.lose('a');
    router.up('a', 65010);
    router.announce('a', agents);
    expect(router.peer('a').adjRibIn.size).toBe(COUNT);
    expect(router.effects.filter(({ type }) => type === 'MaxBytesReached')).toEqual([]);
  });

  it('is judged by no new policy, because it is gone by then', () => {
    router.event({ type: 'PolicyReplaced', policy: ACCEPT_ALL });
    expect(router.speaker.locRib.size).toBe(0);
    purge();
    expect(router.speaker.leaving).toEqual([]);
  });

  it('goes with its peer, too', () => {
    router.up('a', 65010);
    router.announce('a', agents);
    router.event({ type: 'PeerRemoved', peer: 'a' });
    router.wait(1_000);
    expect(router.speaker.locRib.size).toBe(0);
    expect(router.speaker.peerBytes.ofAll).toBe(0);
  });
});
