import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RawPeer } from '../../../servers/raw-peer.ts';
import { freePort } from '../../../servers/free-port.ts';
import { InProcessRouter } from './in-process-router.ts';

let router: InProcessRouter;

beforeEach(async () => {
  router = new InProcessRouter({ asn: 65_101, port: await freePort(), peers: [{ asn: 65_102, key: 'secret' }] });
  await router.start();
});

afterEach(() => router.stop());

const opened = async (open: object) => {
  const peer = await RawPeer.dial(router.url, { asn: 65_102, routerId: '10.0.0.2', key: 'secret' }, open);
  await vi.waitUntil(() => peer.heard.length > 1);
  await peer.close();
  return peer.heard[1];
};

describe('an OPEN', () => {
  it('is accepted from the router that has introduced itself', async () => {
    expect(await opened({})).toEqual({ type: 'keepalive' });
  });

  it.each([
    ['another router of the AS', { routerId: '10.0.0.3' }, { code: 2, subcode: 3 }, 'bad-bgp-identifier'],
    ['another AS', { asn: 65_103 }, { code: 2, subcode: 2 }, 'bad-peer-as'],
  ])('is refused when it is of %s (RFC 4271 §6.2)', async (_, open, notification, name) => {
    expect(await opened(open)).toMatchObject({ type: 'notification', ...notification });
    expect(router.logged).toContainEqual(expect.objectContaining({ event: 'notification-sent', name }));
    expect(router.isUp('as65102')).toBe(false);
  });
});
