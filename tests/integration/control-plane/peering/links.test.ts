import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Message, RouteRefresh } from '../../../../src/core/bgp/packet/message.ts';
import type { Decoded } from '../../../../src/core/bgp/packet/wire-decoded.ts';
import { MAX_MESSAGE_BYTES } from '../../../../src/control-plane/peering/json-codec.ts';
import { DRAINED_BYTES } from '../../../../src/control-plane/speaker/link.ts';
import { REMOTE, RIGS, type Rig } from './link-rigs.ts';

const MIB = 1024 * 1024;
const KEEPALIVE = '{"type":"keepalive"}';
const REFRESH: RouteRefresh = { type: 'route-refresh', family: 'agent' };

/** An UPDATE of about `bytes` bytes. */
const update = (bytes: number): Message => ({
  type: 'update',
  withdrawn: Array.from({ length: bytes / 1_000 }, (_, index) => `agent${index}`.padEnd(997, '-')),
  reach: [],
  proofs: [],
});

const until = (holds: () => boolean) => vi.waitUntil(holds, { timeout: 10_000, interval: 2 });

describe.each(RIGS)('a $kind link', ({ rig: build, isTwoWay }) => {
  let rig: Rig;
  let received: { readonly read: () => Decoded; readonly bytes: number }[];
  let calls: string[];

  const decoded = () => received.map(({ read }) => read());
  const count = (call: string) => calls.filter((made) => made === call).length;

  beforeEach(async () => {
    [received, calls] = [[], []];
    rig = await build();
    rig.link.open({
      received: (read, bytes, done) => {
        received.push({ read, bytes });
        calls.push('received');
        done?.(undefined);
      },
      drained: () => calls.push('drained'),
      lost: () => calls.push('lost'),
    });
  });

  afterEach(async () => {
    await rig.link.close();
    rig.stop();
  });

  it('has the router of its session at its other end', () => {
    expect(rig.link.remote).toEqual(REMOTE);
    expect(rig.link.session.remote).toEqual(REMOTE);
  });

  it('delivers messages in order, and decodes each on request', async () => {
    rig.say(KEEPALIVE);
    rig.say(JSON.stringify(REFRESH));
    await until(() => received.length === 2);
    expect(decoded()).toMatchObject([{ message: { type: 'keepalive' } }, { message: REFRESH }]);
    expect(received[0]?.bytes).toBe(isTwoWay ? KEEPALIVE.length : 0);
  });

  it.each(['{', '[]', '{"type":"nonsense"}'])('delivers %j as a malformed message', async (text) => {
    rig.say(text);
    await until(() => received.length === 1);
    expect(decoded()).toMatchObject([{ ok: false, notification: 'bad-message-type' }]);
  });

  it('reports once that it is lost, and nothing afterwards', async () => {
    rig.break();
    await until(() => calls.includes('lost'));
    rig.link.send({ type: 'keepalive' });
    for (let turns = 0; turns < 20; turns += 1) await turn();
    expect(count('lost')).toBe(1);
  });

  it('delivers and reports nothing after it is closed', async () => {
    const closed = rig.link.close();
    rig.say(KEEPALIVE);
    rig.break();
    await closed;
    for (let turns = 0; turns < 20; turns += 1) await turn();
    expect(calls.filter((call) => call !== 'drained')).toEqual([]);
  });

  it('can be closed twice', async () => {
    await Promise.all([rig.link.close(), rig.link.close()]);
  });

  if (!isTwoWay) {
    it('sends nothing, and has no backlog', () => {
      rig.link.send(REFRESH);
      expect([rig.link.backlog, rig.heard]).toEqual([0, []]);
    });

    it('still delivers while it is paused, because the copy that has the session has already read', () => {
      rig.link.pause();
      rig.say(KEEPALIVE);
      expect(received).toHaveLength(1);
      rig.link.resume();
    });
    return;
  }

  it('sends messages in order', async () => {
    for (const message of [REFRESH, { type: 'keepalive' }, update(1_000)] as const) rig.link.send(message);
    await until(() => rig.heard.length === 3);
    expect(rig.heard.map((text) => (JSON.parse(text) as Message).type)).toEqual([
      'route-refresh',
      'keepalive',
      'update',
    ]);
  });

  it('refuses a message that is too large without reading it (RFC 4271 §6.1)', async () => {
    rig.say(`"${'x'.repeat(MAX_MESSAGE_BYTES)}"`);
    await until(() => received.length === 1);
    expect(decoded()).toMatchObject([{ ok: false, notification: 'bad-message-length' }]);
    expect(received[0]?.bytes).toBe(MAX_MESSAGE_BYTES);
  });

  it('never calls its receiver from within its own methods', () => {
    rig.link.send(REFRESH);
    rig.link.pause();
    rig.link.resume();
    expect(calls).toEqual([]);
  });

  it('reads nothing while it is paused, and continues at the same message', async () => {
    rig.link.pause();
    rig.say(KEEPALIVE);
    rig.say(JSON.stringify(REFRESH));
    for (let turns = 0; turns < 20; turns += 1) await turn();
    expect(received).toEqual([]);
    rig.link.resume();
    await until(() => received.length === 2);
    expect(decoded()).toMatchObject([{ message: { type: 'keepalive' } }, { message: REFRESH }]);
  });

  it('has a backlog while the other side does not read, and reports when it has drained', async () => {
    rig.hold();
    for (let sent = 0; sent < 16; sent += 1) rig.link.send(update(MIB));
    await turn();
    expect(rig.link.backlog).toBeGreaterThan(MIB);
    expect(count('drained')).toBe(0);
    rig.release();
    await until(() => rig.heard.length === 16 && calls.includes('drained'));
    expect(rig.link.backlog).toBeLessThanOrEqual(DRAINED_BYTES);
  });

  it('sends its last messages when it is closed', async () => {
    rig.link.send(REFRESH);
    rig.link.send({ type: 'notification', code: 6, subcode: 2 });
    await rig.link.close();
    await until(() => rig.heard.length === 2);
    expect(rig.heard[1]).toContain('"notification"');
  });

  it('closes after a moment even if the other side does not read', async () => {
    rig.hold();
    for (let sent = 0; sent < 16; sent += 1) rig.link.send(update(MIB));
    await rig.link.close();
    expect(rig.heard.length).toBeLessThan(16);
  });
});
