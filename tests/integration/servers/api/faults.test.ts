import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MastraAgents } from '../../../../src/servers/api/mastra-agents.ts';
import { Egress } from '../../../../src/base/egress/egress.ts';
import { Failure, type FailureCode, type Reached } from '../../../../src/base/failure/failure.ts';
import {
  LEAKED_SECRET,
  refusedUrl,
  startFaulty,
  type Fault,
  type FaultyServer,
} from '../../../servers/faulty-server.ts';
import { callOf } from '../../../unit/servers/api/call-of.ts';

let server: FaultyServer;
let egress: Egress;
let agents: MastraAgents;

beforeAll(async () => {
  server = await startFaulty();
  egress = new Egress({ targets: [{ baseUrl: server.url }], maxReplyBytes: 1_000_000 });
  agents = new MastraAgents(server.url, egress.fetch);
});

afterAll(async () => {
  await egress.close();
  await server.stop();
});

type Row = readonly [fault: Fault, code: FailureCode, reached: Reached, says: RegExp];

const BOTH: readonly Row[] = [
  ['reset', 'SERVER_UNAVAILABLE', 'maybe', /broke the connection.*The agent may have acted/],
  ['html', 'SERVER_UNAVAILABLE', 'maybe', /does not answer like a Mastra server/],
  ['redirect', 'SERVER_UNAVAILABLE', 'no', /redirects to another address \(HTTP 307\)/],
  ['see-other', 'SERVER_UNAVAILABLE', 'maybe', /redirects to another address \(HTTP 303\).*The agent may have acted/],
  ['400', 'INVALID_REQUEST', 'maybe', /HTTP 400: Invalid request body; maxSteps: expected number, received string\)/],
  ['401', 'SERVER_UNAVAILABLE', 'maybe', /HTTP 401: Invalid or expired token\).*headers configured/],
  ['403', 'SERVER_UNAVAILABLE', 'maybe', /HTTP 403: Access denied/],
  ['404-page', 'SERVER_UNAVAILABLE', 'no', /does not answer like a Mastra server \(HTTP 404\)/],
  ['429', 'SERVER_UNAVAILABLE', 'maybe', /HTTP 429\)\. Retry after 7/],
  ['500', 'AGENT_ERROR', 'yes', /The agent '500' failed: The database is away \(key \[removed\]\)\.$/],
  ['503', 'SERVER_UNAVAILABLE', 'maybe', /HTTP 503/],
];

const GENERATED: readonly Row[] = [
  ...BOTH,
  ['bad-json', 'SERVER_UNAVAILABLE', 'maybe', /its reply is not JSON/],
  ['wrong-shape', 'SERVER_UNAVAILABLE', 'maybe', /its reply has no text/],
  ['huge', 'AGENT_ERROR', 'yes', /larger than 1 MB/],
  ['endless', 'AGENT_ERROR', 'yes', /larger than 1 MB/],
  ['cut', 'SERVER_UNAVAILABLE', 'maybe', /broke the connection/],
];

const STREAMED: readonly Row[] = [
  ...BOTH,
  ['bad-json', 'SERVER_UNAVAILABLE', 'maybe', /a chunk cannot be read/],
  ['wrong-shape', 'SERVER_UNAVAILABLE', 'maybe', /a chunk cannot be read/],
  ['huge', 'AGENT_ERROR', 'yes', /larger than 1 MB/],
  ['endless', 'AGENT_ERROR', 'yes', /larger than 1 MB/],
  ['cut', 'AGENT_ERROR', 'yes', /ended before it was complete, after 2 chunks.*broke the connection/],
  ['unfinished', 'AGENT_ERROR', 'yes', /ended before it was complete, after 2 chunks/],
  ['error-chunk', 'AGENT_ERROR', 'yes', /The model is overloaded \(key \[removed\]\)\. The output/],
  ['garbled-chunk', 'AGENT_ERROR', 'yes', /after 2 chunks.*a chunk cannot be read/],
];

async function failureOf(call: Promise<unknown>): Promise<Failure> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Failure);
  return error as Failure;
}

/** Returns all parts of a failure that a caller sees. */
function shown({ message, details }: Failure): string {
  return `${message} ${JSON.stringify(details)}`;
}

async function expectRow([fault, code, reached, says]: Row, call: () => Promise<unknown>): Promise<Failure> {
  const before = server.seen.length;
  const failure = await failureOf(call());
  expect(failure).toMatchObject({ code, reached });
  expect(failure.message).toMatch(says);
  expect(shown(failure)).not.toContain(LEAKED_SECRET);
  expect(failure.message).not.toMatch(/\n|\bat \S+:\d+/);
  const seen = server.seen.slice(before);
  expect(seen, `${fault} must be asked exactly once`).toHaveLength(1);
  return failure;
}

describe('a server that misbehaves when it generates', () => {
  it.each(GENERATED)('%s is %s, reached: %s', async (...row) => {
    await expectRow(row, () => agents.generate(callOf({ agentId: row[0], says: 'hi' })));
  });
});

describe('a server that misbehaves when it streams', () => {
  it.each(STREAMED)('%s is %s, reached: %s', async (...row) => {
    await expectRow(row, () => agents.stream(callOf({ agentId: row[0], says: 'hi' }), () => undefined));
  });

  it.each(['cut', 'unfinished', 'error-chunk', 'garbled-chunk'] as const)(
    'keeps the text that arrived before the end of the stream (%s)',
    async (agentId) => {
      const failure = await failureOf(agents.stream(callOf({ agentId, says: 'hi' }), () => undefined));
      expect(failure.details).toEqual({
        responseData: {
          type: 'partial_stream',
          text: 'half an answer',
          chunks: 2,
          firstTextMs: expect.any(Number) as number,
          totalMs: expect.any(Number) as number,
        },
      });
    },
  );
});

describe('a server that is unreachable or hangs', () => {
  it('is not reached if the connection is refused', async () => {
    const baseUrl = await refusedUrl();
    const away = new Egress({ targets: [{ baseUrl }] });
    const failure = await failureOf(
      new MastraAgents(baseUrl, away.fetch).generate(callOf({ agentId: 'a', says: 'hi' })),
    );
    expect(failure).toMatchObject({ code: 'SERVER_UNAVAILABLE', reached: 'no' });
    expect(failure.message).toContain('connection refused (ECONNREFUSED)');
    await away.close();
  });

  it('may have been reached if it hangs until the deadline', async () => {
    for (const attempt of [
      agents.generate(callOf({ agentId: 'hang', says: 'hi' }, AbortSignal.timeout(30))),
      agents.stream(callOf({ agentId: 'hang', says: 'hi' }, AbortSignal.timeout(30)), () => undefined),
    ])
      expect(await failureOf(attempt)).toMatchObject({ code: 'TIMEOUT', reached: 'maybe' });
  });

  it('returns the output until the deadline', async () => {
    const deadline = new AbortController();
    const call = callOf({ agentId: 'slow', says: 'hi' }, deadline.signal);
    const failing = agents.stream(call, () => {
      deadline.abort(new DOMException('The deadline has passed', 'TimeoutError'));
    });
    const failure = await failureOf(failing);
    expect(failure).toMatchObject({ code: 'TIMEOUT', reached: 'yes' });
    expect(JSON.stringify(failure.details)).toContain('half ');
  });
});
