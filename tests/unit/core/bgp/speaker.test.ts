import { describe, expect, it } from 'vitest';
import type { Effect } from '../../../../src/core/bgp/state/effect.ts';
import type { Event } from '../../../../src/core/bgp/state/event.ts';
import { step } from '../../../../src/core/bgp/speaker.ts';
import { createSpeaker } from '../../../../src/core/bgp/state/state.ts';
import { policyOf, Router } from './support/router.ts';

const restart = { restartTimeSeconds: 60, restarted: false, preserved: true };

/** A life with a bit of everything, as the events that it consists of. */
function recorded(): Event[] {
  const events: Event[] = [];
  class Recorder extends Router {
    override event(event: Event): readonly Effect[] {
      events.push(structuredClone(event));
      return super.event(event);
    }
  }
  const router = new Recorder({ aggregates: [{ nlri: '~coding', summaryOnly: true }] });
  router.up('a', 65010, { restartTimeSeconds: 60 }, { gracefulRestart: restart });
  router.up('b', 65020, { advertisementIntervalMs: 100 });
  router.up('i', 65000, { client: true });
  router.originate('own', { capabilities: ['coding/go', 'english'] });
  router.announce('a', ['one', '~coding/rust'], { communities: ['x', 'server:evil'], unknown: { colour: 'red' } });
  router.announce('i', 'one', { asPath: [65030], clusterList: ['9.9.9.9'] }, { life: 'mortal' });
  router.update('b', { withdrawn: ['one'], proofs: [{ nlri: 'one', secret: 's', life: 'mortal' }] });
  router.event({ type: 'NextHopChanged', nextHop: 'http://a', usable: false });
  router.event({ type: 'PolicyReplaced', policy: policyOf({ import: [{ set: { localPref: 7, prependCount: 1 } }] }) });
  router.receive('a', { type: 'route-refresh', family: 'agent' });
  router.event({ type: 'RefreshRequested', peer: 'a' });
  router.lose('a');
  router.wait(60_000);
  router.end('own');
  router.event({ type: 'RestartCompleted' });
  router.event({ type: 'PeerRemoved', peer: 'b' });
  return events;
}

function replay(events: readonly Event[]): (readonly Effect[])[] {
  const settings = { asn: 65000, routerId: '10.0.0.1', clusterId: '10.0.0.1', policy: policyOf({}) };
  const aggregates = [{ nlri: '~coding', summaryOnly: true }];
  const speaker = createSpeaker({ ...settings, aggregates, maxPaths: 4, medTolerance: 0 });
  return events.map((event, at) => step(speaker, event, 1_000 * at));
}

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
}

describe('a step', () => {
  it('never changes the event that it was given', () => {
    const events = recorded();
    expect(replay(frozen(structuredClone(events)))).toEqual(replay(events));
    const given = structuredClone(events);
    replay(given);
    expect(given).toEqual(events);
  });

  it('gives the same effects for the same events', () => {
    const events = recorded();
    expect(JSON.stringify(replay(events))).toBe(JSON.stringify(replay(events)));
  });

  it('leaves nothing undecided and no effect behind', () => {
    const events = recorded();
    expect(new Set(events.map(({ type }) => type)).size).toBe(11);
    const router = new Router();
    for (const event of events) {
      router.event(event);
      expect(router.speaker.turn).toMatchObject({ dirty: new Set(), effects: [] });
    }
  });
});
