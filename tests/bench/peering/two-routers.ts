import { freePort } from '../../servers/free-port.ts';
import { startProgram, type Program } from '../../e2e/program.ts';
import { startCanned } from '../../servers/canned-server.ts';
import { median, type Bench, type Row } from '../row.ts';

const RUNS = 10;
const ROUNDS = 20;
const CALLS_PER_ROUND = 50;
const CALL = { targetAgentId: 'canned', messages: [{ role: 'user', content: 'Say two words.' }] };

/** Two routers of which one has a server: how soon the other can call its agent, and what the hop costs from then on. */
export const twoRouters: Bench = async (note) => {
  const server = await startCanned();
  const ports = [await freePort(), await freePort()] as const;
  const owner = await startProgram(env(ports, 0, server.url));
  const [fromStart, fromSession]: [number[], number[]] = [[], []];
  let other = await startProgram(env(ports, 1, 'none'));
  await firstAnswer(other);
  for (let run = 1; run <= RUNS; run++) {
    await other.stop();
    const started = performance.timeOrigin + performance.now();
    other = await startProgram(env(ports, 1, 'none'));
    await firstAnswer(other);
    const answered = performance.timeOrigin + performance.now();
    const [, up = ''] = /"time":(\d+),[^\n]*"event":"session-up"/.exec(other.stderr()) ?? [];
    fromStart.push(answered - started);
    fromSession.push(answered - Number(up));
    note(`second router: start ${run}/${RUNS}`);
  }
  const direct = await startProgram({ MASTRA_SERVERS: server.url, LOG_LEVEL: 'info' });
  try {
    return [
      {
        what: 'start of the second router to its first answered call',
        ours: median(fromStart),
        unit: 'ms',
        atMost: 1_000,
      },
      { what: 'session up to the first answered call', ours: median(fromSession), unit: 'ms' },
      ...(await transit(other, direct, note)),
      ...(await firstChunk(`http://127.0.0.1:${ports[1]}`, `http://127.0.0.1:${ports[0]}`, server.url, note)),
    ];
  } finally {
    await Promise.all([owner.stop(), other.stop(), direct.stop()]);
    await server.stop();
  }
};

function env(ports: readonly [number, number], own: 0 | 1, servers: string): Record<string, string> {
  const peer = own === 0 ? 1 : 0;
  return {
    BGP_ASN: String(64_600 + own),
    BGP_LISTEN: `127.0.0.1:${ports[own]}`,
    BGP_PEERS: `${64_600 + peer}@http://127.0.0.1:${ports[peer]}`,
    MASTRA_SERVERS: servers,
    LOG_LEVEL: 'info',
  };
}

async function firstAnswer({ client }: Program): Promise<void> {
  for (;;) {
    const { isError } = await client.callTool({ name: 'agent-proxy', arguments: CALL });
    if (isError !== true) return;
  }
}

/** The same call by a router that has the server itself and by one that is one hop away, in turn. */
async function transit(far: Program, direct: Program, note: (text: string) => void): Promise<Row[]> {
  const [hop, none] = await inTurn(
    () => msOfCall(far),
    () => msOfCall(direct),
    note,
  );
  const peer = { name: 'no hop', value: median(none) };
  return [
    { what: 'call over one hop, p50', ours: median(hop), unit: 'ms', peer },
    { what: 'call, added by the hop at the median', ours: median(hop) - median(none), unit: 'ms', atMost: 1 },
  ];
}

/** The first chunk of a stream through two routers' fronts and through one: the difference is what a hop adds. */
async function firstChunk(far: string, near: string, server: string, note: (text: string) => void): Promise<Row[]> {
  const [two, one] = await inTurn(
    () => msToChunk(far),
    () => msToChunk(near),
    note,
  );
  const [again, none] = await inTurn(
    () => msToChunk(near),
    () => msToChunk(server),
    note,
  );
  return [
    { what: 'first chunk, added by a further router', ours: median(two) - median(one), unit: 'ms', atMost: 1 },
    { what: 'first chunk, added by the first router', ours: median(again) - median(none), unit: 'ms' },
  ];
}

async function msOfCall(router: Program): Promise<number> {
  const started = performance.now();
  await router.call('agent-proxy', CALL);
  return performance.now() - started;
}

async function msToChunk(url: string): Promise<number> {
  const started = performance.now();
  const response = await fetch(`${url}/api/agents/canned/stream`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ messages: CALL.messages }),
  });
  const body: ReadableStream<Uint8Array> | null = response.body;
  const chunks = body?.[Symbol.asyncIterator]();
  const first = await chunks?.next();
  const ms = performance.now() - started;
  if (!response.ok || first?.done !== false) throw new Error(`${url} streams nothing: HTTP ${response.status}`);
  while ((await chunks?.next())?.done === false);
  return ms;
}

/** How long each of two things takes, done in turn so that a slow moment of the machine hits both. */
async function inTurn(
  one: () => Promise<number>,
  other: () => Promise<number>,
  note: (text: string) => void,
): Promise<[number[], number[]]> {
  const figures: [number[], number[]] = [[], []];
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [at, measure] of [one, other].entries()) {
      for (let call = 0; call < CALLS_PER_ROUND; call++) {
        const ms = await measure();
        // The first round warms up and does not count.
        if (round > 0) figures[at]?.push(ms);
      }
    }
    note(`one hop: round ${round}/${ROUNDS}`);
  }
  return figures;
}
