import type { LookupAddress } from 'node:dns';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type * as Address from '../../../../src/base/egress/address.ts';
import { Egress } from '../../../../src/base/egress/egress.ts';

/** An address of this machine that stands for one of the public network: all others are judged as they are. */
const PUBLIC = '127.0.0.2';
const LOOPBACK = '127.0.0.1';

/** A resolver of the attacker: what the name leads to with each question. */
const resolver = vi.hoisted(() => ({ asked: 0, answers: [] as string[][] }));

vi.mock('node:dns', () => ({
  lookup: (_name: string, _options: object, found: (error: null, addresses: LookupAddress[]) => void) => {
    const given = resolver.answers[resolver.asked] ?? [];
    resolver.asked += 1;
    found(
      null,
      given.map((address) => ({ address, family: 4 })),
    );
  },
}));

vi.mock('../../../../src/base/egress/address.ts', async (original) => {
  const { specialAddress } = await original<typeof Address>();
  return { specialAddress: (ip: string) => (ip === PUBLIC ? undefined : specialAddress(ip)) };
});

let port: number;
let egress: Egress;
const servers: Server[] = [];
/** Where requests came in. */
const called: string[] = [];

async function listen(host: string, at: number): Promise<number> {
  const server = createServer((_request, response) => {
    called.push(host);
    response.setHeader('connection', 'close').end('{}');
  });
  servers.push(server.listen(at, host));
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

beforeEach(async () => {
  egress = new Egress({ targets: [] });
  resolver.asked = 0;
  called.length = 0;
  port = await listen(LOOPBACK, 0);
  await listen(PUBLIC, port);
});

afterEach(async () => {
  await egress.close();
  for (const server of servers.splice(0)) server.close();
});

const call = () => egress.fetch(`http://rebinding.example:${port}/`, { method: 'POST', body: '{}' });

describe('a name that leads elsewhere with every question', () => {
  it('is asked for once, and called at the address that was judged', async () => {
    resolver.answers = [[PUBLIC], [LOOPBACK]];
    expect((await call()).status).toBe(200);
    expect([resolver.asked, called]).toEqual([1, [PUBLIC]]);
  });

  it('is judged anew with the next connection', async () => {
    resolver.answers = [[PUBLIC], [LOOPBACK]];
    await call();
    await expect(call()).rejects.toMatchObject({
      code: 'DENIED_BY_POLICY',
      reached: 'no',
      details: { rule: 'address', address: LOOPBACK },
    });
    expect(called).toEqual([PUBLIC]);
  });

  it('is never called at the private one of its addresses', async () => {
    resolver.answers = [
      [LOOPBACK, PUBLIC],
      [PUBLIC, LOOPBACK],
    ];
    await call();
    await call();
    expect(called).toEqual([PUBLIC, PUBLIC]);
  });

  it('is refused when it has no public address', async () => {
    resolver.answers = [['169.254.169.254', LOOPBACK]];
    await expect(call()).rejects.toMatchObject({ code: 'DENIED_BY_POLICY', details: { address: '169.254.169.254' } });
    expect(called).toEqual([]);
  });
});
