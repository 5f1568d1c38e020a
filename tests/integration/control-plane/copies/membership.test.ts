import { chownSync, linkSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { join as joinOwner, type Joining } from '../../../../src/control-plane/copies/membership.ts';
import { SharedRouter } from '../../../../src/control-plane/copies/shared-router.ts';

const SETTINGS = { 'AS number': '65000', peers: '[]' };

describe('joining the owner of the port', () => {
  let base: string;
  let path: string;
  let owner: SharedRouter;
  let tell: (frame: object) => void;
  const said: object[] = [];
  const heard: unknown[] = [];

  beforeEach(async () => {
    base = mkdtempSync(join(tmpdir(), 'join-'));
    path = join(base, 'copy.sock');
    said.length = 0;
    heard.length = 0;
    owner = new SharedRouter({
      path,
      secret: 'secret',
      settings: SETTINGS,
      shared: {
        watch: (listener) => {
          tell = listener;
          for (const frame of said) tell(frame);
          return () => {
            tell = () => undefined;
          };
        },
        look: ({ pathname }) => Response.json({ looked: pathname }),
        call: (peer, at, request) => Promise.resolve(Response.json({ peer, at, method: request.method })),
      },
      failed: (error) => {
        throw error;
      },
    });
    await owner.open();
  });

  afterEach(() => {
    vi.restoreAllMocks();
    owner.stop();
    rmSync(base, { recursive: true });
  });

  const joining = (change: Partial<Parameters<typeof joinOwner>[0]> = {}): Promise<Joining> =>
    joinOwner({ path, secret: 'secret', settings: SETTINGS, heard: (frame) => heard.push(frame), ...change });

  it('succeeds with the same secret and settings, and ends with the owner', async () => {
    const joined = await joining();
    if (joined.type !== 'joined') throw new Error(joined.type);
    expect(owner.size).toBe(1);
    owner.close();
    await joined.membership.lost;
    expect(owner.size).toBe(0);
  });

  it('delivers the frames that the owner sends', async () => {
    const joined = await joining();
    tell({ peer: 'as65001' });
    owner.close();
    if (joined.type === 'joined') await joined.membership.lost;
    expect(heard).toEqual([{ peer: 'as65001' }]);
  });

  const large = Array.from({ length: 70 }, () => ({ peer: 'x'.repeat(1024 * 1024) }));

  it('delivers all standing messages, regardless of their size, and then new ones', async () => {
    said.push(...large);
    const joined = await joining();
    tell({ peer: 'as65001' });
    await expect.poll(() => heard.length, { timeout: 20_000 }).toBe(large.length + 1);
    if (joined.type === 'joined') joined.membership.leave();
  });

  it('ends for a copy that does not read', async () => {
    // Node's HTTP client reports an aborted response there.
    vi.spyOn(console, 'error').mockReturnValue();
    const joined = await joining();
    for (const frame of large) tell(frame);
    expect(owner.size).toBe(0);
    if (joined.type === 'joined') await joined.membership.lost;
  });

  it('ends for the owner when the copy leaves', async () => {
    const joined = await joining();
    if (joined.type !== 'joined') throw new Error(joined.type);
    joined.membership.leave();
    await joined.membership.lost;
    await expect.poll(() => owner.size).toBe(0);
  });

  it('fails with another secret', async () => {
    expect(await joining({ secret: 'guessed' })).toEqual({
      type: 'refused',
      reason: `${path} belongs to another program or user`,
    });
    expect(owner.size).toBe(0);
  });

  it('fails with other settings, and names them', async () => {
    const reason = `process ${process.pid} of this user has the port, but with different settings: peers`;
    expect(await joining({ settings: { ...SETTINGS, peers: '["another"]' } })).toEqual({ type: 'refused', reason });
  });

  it('finds no process if there is no socket, or if its owner has died', async () => {
    expect(await joining({ path: join(base, 'none.sock') })).toEqual({ type: 'nobody' });
    const dead = join(base, 'dead.sock');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(dead, resolve));
    const left = join(base, 'left.sock');
    linkSync(dead, left);
    await new Promise((resolve) => server.close(resolve));
    expect(await joining({ path: left })).toEqual({ type: 'nobody' });
  });

  it('fails if the path is not a socket', async () => {
    const file = join(base, 'file.sock');
    writeFileSync(file, '');
    expect(await joining({ path: file })).toMatchObject({ type: 'refused' });
  });

  it('fails at a socket of another user, without sending a request', async () => {
    const foreign = process.getuid?.() === 0 ? path : undefined;
    if (foreign !== undefined) chownSync(foreign, 12_345, 12_345);
    const result = await joining(foreign === undefined ? { path: '/' } : {});
    expect(result).toMatchObject({ type: 'refused' });
    expect(owner.size).toBe(0);
  });

  it.each([
    ['no token', {}],
    ['an invalid token', { authorization: `Bearer ${'A'.repeat(43)}` }],
  ])('rejects other requests with %s', async (_case, headers) => {
    for (const at of ['/peers', '/peers/as65001/api/agents/x/generate']) {
      const status = await new Promise((resolve, reject) => {
        request({ socketPath: path, path: at, method: 'POST', headers }, (response) => {
          resolve(response.resume().statusCode);
        })
          .on('error', reject)
          .end();
      });
      expect(status).toBe(401);
    }
  });
});
