import { Readable } from 'node:stream';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { egresses, type Egresses } from '../../../../src/base/egress/egresses.ts';
import type { TransportLimits, TransportRequest } from '../../../../src/base/egress/transport.ts';

interface OpenedTransport {
  readonly limits: TransportLimits;
  readonly requests: Pick<TransportRequest, 'guarded' | 'headers'>[];
  isClosed: boolean;
}

const opened = vi.hoisted((): OpenedTransport[] => []);

vi.mock('../../../../src/base/egress/transport.ts', () => ({
  openTransport: (limits: TransportLimits) => {
    const transport: OpenedTransport = { limits, requests: [], isClosed: false };
    opened.push(transport);
    return {
      request: (_url: URL, { guarded, headers }: TransportRequest) => {
        transport.requests.push({ guarded, headers });
        return Promise.resolve({ statusCode: 204, headers: {}, body: Readable.from([]) });
      },
      close: () => {
        transport.isClosed = true;
        return Promise.resolve();
      },
    };
  },
}));

const CONFIGURED = 'http://10.0.0.1:4111';
const HEADERS = { authorization: 'Bearer secret' };

let ways: Egresses;

beforeEach(() => {
  opened.length = 0;
  ways = egresses({
    targets: [{ baseUrl: CONFIGURED, headers: HEADERS }],
    mayName: (url) => url.startsWith('http://10.0.0.2/'),
    allowNextHops: ['http://10.0.0.3'],
    maxConcurrent: 8,
  });
});

describe('a request', () => {
  it.each([
    ['configured', `${CONFIGURED}/api/agents`, { guarded: false, headers: HEADERS }],
    ['configured', 'http://10.0.0.2/api/agents', { guarded: false, headers: {} }],
    ['configured', 'http://10.0.0.3/api/agents', { guarded: true, headers: {} }],
    ['untrusted', 'http://10.0.0.3/api/agents', { guarded: false, headers: {} }],
    ['untrusted', 'http://10.0.0.33/api/agents', { guarded: true, headers: {} }],
    ['untrusted', 'http://10.0.0.2/api/agents', { guarded: true, headers: {} }],
    ['untrusted', `${CONFIGURED}/api/agents`, { guarded: true, headers: {} }],
  ] as const)('by the %s egress to %s is sent as %j', async (way, url, sent) => {
    await ways[way].fetch(url);
    expect(opened.flatMap(({ requests }) => requests)).toEqual([sent]);
  });
});

describe('the connections to one next hop', () => {
  it.each(['configured', 'untrusted'] as const)('are more than its calls at once (%s)', async (way) => {
    await ways[way].fetch(CONFIGURED);
    expect(opened.map(({ limits }) => limits.maxConnections)).toEqual([64]);
  });

  it('break when the egresses close', async () => {
    await ways.configured.fetch(CONFIGURED);
    await ways.untrusted.fetch(CONFIGURED);
    ways.close();
    await expect.poll(() => opened.map(({ isClosed }) => isClosed)).toEqual([true, true]);
  });
});
