import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MastraSource } from '../../../../src/servers/api/mastra-source.ts';
import { Egress } from '../../../../src/base/egress/egress.ts';
import type { FailureCode, Reached } from '../../../../src/base/failure/failure.ts';
import { refusedUrl, startFaulty, type Fault, type FaultyServer } from '../../../servers/faulty-server.ts';
import { startMastra, type RunningMastra } from '../../../servers/mastra-server.ts';
import { startRecorded } from '../../../servers/recorded-server.ts';

const SIGNAL = new AbortController().signal;

let real: RunningMastra;
let faulty: FaultyServer;
let egress: Egress;

beforeAll(async () => {
  real = await startMastra({
    token: 'open-sesame',
    agents: [
      { id: 'coder', name: 'Coder', description: 'Writes', capabilities: ['coding/ts'], communities: ['gold'] },
      { id: 'clerk', name: 'Clerk', description: 'Keeps the ledger', tool: true },
    ],
  });
  faulty = await startFaulty();
  egress = new Egress({
    targets: [{ baseUrl: real.url, headers: { authorization: 'Bearer open-sesame' } }, { baseUrl: faulty.url }],
    maxReplyBytes: 1_000_000,
  });
});

afterAll(async () => {
  await egress.close();
  await Promise.all([real.stop(), faulty.stop()]);
});

describe('the listing of a Mastra server', () => {
  it('shows the agents of a running server, with its configured headers', async () => {
    expect(await new MastraSource(real.url, egress.fetch).list(SIGNAL)).toEqual({
      agents: [
        {
          id: 'coder',
          name: 'Coder',
          description: 'Writes',
          capabilities: ['coding/ts'],
          inferred: false,
          communities: ['gold'],
        },
        {
          id: 'clerk',
          name: 'Clerk',
          description: 'Keeps the ledger',
          capabilities: ['clock', 'clerk', 'keeps', 'ledger'],
          inferred: true,
          communities: [],
        },
      ],
      notes: [],
    });
  });

  it.each([
    ['0.10.15', {}],
    ['0.20.2', { modelVersion: 'v1' }],
  ] as const)('shows the agents of Mastra %s, which list no id', async (version, kindOfModel) => {
    const recorded = await startRecorded(version);
    const open = new Egress({ targets: [{ baseUrl: recorded.url }] });
    const { agents } = await new MastraSource(recorded.url, open.fetch).list(SIGNAL);
    expect(agents).toEqual([
      {
        id: 'legacyAgent',
        name: 'Legacy Agent',
        description: '',
        ...kindOfModel,
        capabilities: ['clock', 'legacy'],
        inferred: true,
        communities: [],
      },
    ]);
    await open.close();
    await recorded.stop();
  });

  it.each<[Fault, FailureCode, Reached, RegExp]>([
    ['reset', 'SERVER_UNAVAILABLE', 'maybe', /broke the connection/],
    ['html', 'SERVER_UNAVAILABLE', 'yes', /does not answer like a Mastra server/],
    ['bad-json', 'SERVER_UNAVAILABLE', 'yes', /does not answer like a Mastra server/],
    ['wrong-shape', 'SERVER_UNAVAILABLE', 'yes', /does not answer like a Mastra server/],
    ['redirect', 'SERVER_UNAVAILABLE', 'no', /redirects/],
    ['401', 'SERVER_UNAVAILABLE', 'yes', /HTTP 401.*headers/],
    ['404-page', 'SERVER_UNAVAILABLE', 'yes', /HTTP 404.*without \/api/],
    ['429', 'SERVER_UNAVAILABLE', 'yes', /HTTP 429.*less often/],
    ['500', 'SERVER_UNAVAILABLE', 'yes', /HTTP 500.*its log/],
    ['huge', 'AGENT_ERROR', 'yes', /larger than 1 MB/],
    ['cut', 'SERVER_UNAVAILABLE', 'maybe', /broke the connection/],
  ])('that misbehaves (%s) is %s, asked exactly once', async (fault, code, reached, says) => {
    faulty.setListing(fault);
    const before = faulty.seen.length;
    const listing = new MastraSource(faulty.url, egress.fetch).list(SIGNAL);
    await expect(listing).rejects.toMatchObject({ code, reached });
    await expect(listing).rejects.toThrow(says);
    expect(faulty.seen.length).toBe(before + 1);
  });

  it('ends when it is aborted', async () => {
    faulty.setListing('hang');
    const listing = new MastraSource(faulty.url, egress.fetch).list(AbortSignal.timeout(20));
    await expect(listing).rejects.toMatchObject({ code: 'TIMEOUT' });
  });

  it('fails if the connection is refused', async () => {
    const baseUrl = await refusedUrl();
    const open = new Egress({ targets: [{ baseUrl }] });
    const listing = new MastraSource(baseUrl, open.fetch).list(SIGNAL);
    await expect(listing).rejects.toMatchObject({ code: 'SERVER_UNAVAILABLE', reached: 'no' });
    await open.close();
  });
});
