import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe } from 'vitest';
import type { Route } from '../../../src/core/bgp/rib/route.ts';
import { Egress } from '../../../src/base/egress/egress.ts';
import { Front } from '../../../src/interfaces/front/front.ts';
import { routeHop, type Hop } from '../../../src/data-plane/forwarding/hop.ts';
import { cleanReplies } from '../../../src/servers/api/clean-replies.ts';
import { mastraServer } from '../../../src/servers/mastra/mastra-server.ts';
import { routerServer } from '../../../src/servers/router/router-server.ts';
import type { ServerClient } from '../../../src/servers/server-client.ts';
import { SecretMask } from '../../../src/base/telemetry/secret-mask.ts';
import { startMastra, type RunningMastra } from '../../servers/mastra-server.ts';
import { startRecorded, type RecordedServer } from '../../servers/recorded-server.ts';
import { routeWith } from '../../unit/core/bgp/support/route.ts';
import { router } from '../../unit/data-plane/forwarding/peer-hop.ts';
import { serverClientContract } from './server-client.contract.ts';

const AGENTS = ['echo', 'tooled', 'failing'] as const;
const PRESENT = { generate: 'generate', stream: 'stream' };
const OLDER = { generate: 'generate-legacy', stream: 'stream-legacy' };
const mask = (text: string): string => text;

let real: RunningMastra;
let releases: Readonly<Record<'0.10.15' | '0.20.2', RecordedServer>>;
let egress: Egress;

beforeAll(async () => {
  const [mastra, release10, release20] = await Promise.all([
    startMastra({
      agents: [
        { id: 'echo' },
        { id: 'tooled', tool: true, behaviour: 'use-tool' },
        { id: 'failing', behaviour: 'fail' },
        { id: 'old-echo', legacyModel: true },
        { id: 'old-tooled', tool: true, behaviour: 'use-tool', legacyModel: true },
        { id: 'old-failing', behaviour: 'fail', legacyModel: true },
      ],
    }),
    startRecorded('0.10.15'),
    startRecorded('0.20.2'),
  ]);
  real = mastra;
  releases = { '0.10.15': release10, '0.20.2': release20 };
  egress = new Egress({ targets: [real, release10, release20].map(({ url }) => ({ baseUrl: url })) });
});

afterAll(async () => {
  await egress.close();
  await Promise.all([real, ...Object.values(releases)].map((server) => server.stop()));
});

const serverAt = (baseUrl: string): ServerClient => mastraServer({ baseUrl, fetch: egress.fetch, mask });

function serverHop(agentId: string): Hop {
  const stub = { kind: 'stub', id: 'server0', asn: 65001, rank: 0 } as const;
  const route = { ...routeWith({ source: stub, attributes: { nextHop: real.url } }), nlri: agentId };
  return routeHop(route, agentId);
}

describe('the client of a Mastra server', () => {
  serverClientContract({
    client: () => serverAt(real.url),
    hopTo: serverHop,
    answers: { agentId: 'echo', says: 'hi', text: 'echo from echo: hi' },
    usesTool: { agentId: 'tooled', says: 'hi' },
    fails: { agentId: 'failing', says: 'hi' },
    actions: PRESENT,
  });
});

describe('the client of a Mastra server, for agents with models of the older kind', () => {
  serverClientContract({
    client: () => serverAt(real.url),
    hopTo: serverHop,
    answers: { agentId: 'old-echo', says: 'hi', text: 'echo from old-echo: hi' },
    usesTool: { agentId: 'old-tooled', says: 'hi' },
    fails: { agentId: 'old-failing', says: 'hi' },
    actions: OLDER,
  });
});

describe.each([
  ['0.10.15', PRESENT],
  ['0.20.2', OLDER],
] as const)('the client of Mastra %s, as recorded', (version, actions) => {
  serverClientContract({
    client: () => serverAt(releases[version].url),
    hopTo: serverHop,
    answers: { agentId: 'legacyAgent', says: 'hi', text: 'echo from legacy' },
    usesTool: { agentId: 'legacyAgent', says: 'tool' },
    fails: { agentId: 'legacyAgent', says: 'fail' },
    actions,
  });
});

/** The front of another router, which knows the agents of the Mastra server and calls them there. */
function frontOfOther(): Front {
  const routeTo = (id: string): Route | undefined =>
    AGENTS.some((one) => one === id) ? serverHop(id).route : undefined;
  return new Front({
    self: router(2),
    limits: { timeoutMs: 60_000, silenceMs: 60_000 },
    table: {
      hasCrossed: () => false,
      routes: (nlri) => [routeTo(nlri) ?? []].flat(),
      longestMatch: () => undefined,
      visible: (id) => routeTo(id),
      visibleAfter: (serial) => AGENTS.slice(serial).map((id, at) => [serial + at + 1, routeTo(id)] as const),
      newest: () => AGENTS.length,
    },
    // Only calls that begin here use the path finder.
    paths: undefined as never,
    balance: (routes) => routes,
    relay: (hop, request) => serverAt(real.url).relay(hop, request),
    admission: () => undefined,
    isProbed: () => false,
    cleaner: cleanReplies(new SecretMask([])),
    log: () => undefined,
  });
}

/** Calls the other router as its peer, without a socket. */
const askOther: typeof globalThis.fetch = (input, init = {}) => {
  const headers = new Headers(init.headers);
  const { method = 'GET', body } = init;
  return frontOfOther().answer(
    {
      method,
      url: new URL(input),
      header: (name) => headers.get(name) ?? undefined,
      body: Readable.from(typeof body === 'string' ? [Buffer.from(body)] : []),
      signal: init.signal ?? new AbortController().signal,
    },
    { id: 'as65010', account: 'as65010' },
  );
};

describe('the client of another router', () => {
  const peer = { ...router(2), id: 'as65002', address: 'http://router' };
  serverClientContract({
    client: () => routerServer({ baseUrl: 'http://router', fetch: askOther, mask }),
    hopTo: (agentId) =>
      routeHop({ ...routeWith({ peer, attributes: { nextHop: 'http://router' } }), nlri: agentId }, agentId),
    answers: { agentId: 'echo', says: 'hi', text: 'echo from echo: hi' },
    usesTool: { agentId: 'tooled', says: 'hi' },
    fails: { agentId: 'failing', says: 'hi' },
    actions: PRESENT,
  });
});
