import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { callRoutes } from '../../src/core/bgp/lookup.ts';
import type { Message, Update } from '../../src/core/bgp/packet/message.ts';
import type { Nlri } from '../../src/core/bgp/packet/nlri.ts';
import { decodeMessage } from '../../src/core/bgp/packet/wire-decode.ts';
import { encodeMessage } from '../../src/core/bgp/packet/wire-encode.ts';
import type { PeerSettings } from '../../src/core/bgp/state/peer-settings.ts';
import { parsePolicy } from '../../src/core/bgp/policy/parse-policy.ts';
import type { Policy } from '../../src/core/bgp/policy/policy.ts';
import { step } from '../../src/core/bgp/speaker.ts';
import { createSpeaker, type Speaker } from '../../src/core/bgp/state/state.ts';
import { longestMatch } from '../../src/core/bgp/view.ts';
import { hashLife } from '../../src/control-plane/speaker/draw-life.ts';
import { median, type Bench, type Row } from './row.ts';

/** How many NLRI share a message and its attributes, as a peer with a full table sends them. */
const PER_UPDATE = 1_000;
const LOOKUPS = 1_000_000;
const TARGET_SECONDS: Readonly<Record<number, number>> = { 100_000: 0.5, 1_000_000: 7 };

/** What one size of table costs. */
interface Run {
  readonly seconds: number;
  readonly bytesPerRoute: number;
  readonly withdrawMicroseconds: number;
  readonly exactNs: number;
  readonly capabilityNs: number;
  readonly callNs: number;
}

/** Routes of one peer through policy and decision into the tables and out to another peer, in process, without a socket. */
export const core: Bench = async (note) => {
  const rows: Row[] = [];
  for (const routes of [10_000, 100_000, 1_000_000]) {
    rows.push(...rowsOf(routes, 'policy on attributes', await runs(routes, byAttributes, note)));
  }
  const named = await runs(100_000, byName, note);
  const ours = median(named.map(({ seconds }) => seconds));
  return [
    ...rows,
    { what: '100k routes from peer to peer, policy on names', ours, unit: 's' },
    { what: '100k routes read', ours: median([1, 2, 3, 4, 5].map(() => read(100_000))), unit: 's', atMost: 0.3 },
  ];
};

/** Seconds to make updates of what their JSON was parsed to. */
function read(routes: number): number {
  const updates = announcements(Array.from({ length: routes }, (_, at) => nameOf(at)));
  const said = updates.map((update): unknown => JSON.parse(JSON.stringify(encodeMessage(update))));
  return timed(() => {
    for (const json of said) if (!decodeMessage(json, hashLife).ok) throw new Error('an update cannot be read');
  });
}

const byAttributes = policy({ communities: ['untrusted'] });
const byName = policy({ agentPrefixes: ['internal-*', '*-draft'] });

function policy(match: object): Policy {
  const statements = [
    { match, action: { action: 'reject' } },
    { match: { asPath: [64512] }, action: { action: 'modify', setLocalPref: 50 } },
    { match: { communities: ['region:eu'] }, action: { action: 'modify', setLocalPref: 200 } },
  ];
  const result = parsePolicy({ import: statements, export: statements.slice(0, 2) });
  if (!result.ok) throw new Error('the policy of the benchmark is not valid');
  return result.policy;
}

async function runs(routes: number, rules: Policy, note: (text: string) => void): Promise<readonly Run[]> {
  const made: Run[] = [];
  // The first run warms the compiler up and does not count.
  for (let run = 0; run <= (routes > 100_000 ? 1 : 3); run++) {
    note(`core: ${routes} routes, run ${run}`);
    made.push(await measure(routes, rules));
  }
  return made.slice(1);
}

function rowsOf(routes: number, how: string, made: readonly Run[]): Row[] {
  const figure = (of: (run: Run) => number) => median(made.map(of));
  const size = `${routes / 1_000}k routes`;
  const target = TARGET_SECONDS[routes];
  const seconds = figure((run) => run.seconds);
  return [
    {
      what: `${size} from peer to peer, ${how}`,
      ours: seconds,
      unit: 's',
      ...(target === undefined ? {} : { atMost: target }),
    },
    { what: `${size}, routes per second`, ours: routes / seconds, unit: '1/s' },
    { what: `${size}, memory per route`, ours: figure((run) => run.bytesPerRoute), unit: 'B', atMost: 1_000 },
    { what: `${size}, withdraw, per route`, ours: figure((run) => run.withdrawMicroseconds), unit: 'us' },
    { what: `${size}, exact lookup`, ours: figure((run) => run.exactNs), unit: 'ns', atMost: 500 },
    { what: `${size}, capability lookup`, ours: figure((run) => run.capabilityNs), unit: 'ns', atMost: 10_000 },
    { what: `${size}, routes that a call may take`, ours: figure((run) => run.callNs), unit: 'ns' },
  ];
}

async function measure(routes: number, rules: Policy): Promise<Run> {
  const speaker = createSpeaker({ ...SELF, policy: rules });
  connect(speaker, 'from', 65_010);
  connect(speaker, 'to', 65_020);
  const before = await usedBytes();
  const names = Array.from({ length: routes }, (_, at) => nameOf(at));
  const updates = announcements(names);
  // These policies could reject the agents behind a capability, and no agent is announced with one: they are not told.
  const tellable = names.filter((nlri) => !nlri.startsWith('~')).length;
  const seconds = timed(() => {
    for (const update of updates) receive(speaker, 'from', update);
    const told = flush(speaker, 'to');
    if (told !== tellable) throw new Error(`${told} of ${tellable} routes were told`);
  });
  // What the messages were made of stays only where the tables hold on to it: names, lives, attributes.
  updates.length = 0;
  const bytesPerRoute = ((await usedBytes()) - before) / routes;
  const lookups = lookUp(speaker, names);
  const gone = names.slice(0, PER_UPDATE);
  const withdrawal = timed(() => {
    receive(speaker, 'from', { type: 'update', withdrawn: gone, reach: [], proofs: [] });
    flush(speaker, 'to');
  });
  return { seconds, bytesPerRoute, withdrawMicroseconds: (withdrawal / gone.length) * 1e6, ...lookups };
}

const SELF = {
  asn: 65_000,
  routerId: '10.0.0.1',
  clusterId: '10.0.0.1',
  aggregates: [],
  maxPaths: 4,
  medTolerance: 0,
  maxBytesOfAllPeers: Infinity,
} as const;

/** Nine agents, then a capability of four segments. */
function nameOf(at: number): Nlri {
  return at % 10 === 9 ? `~area-${at % 100}/topic-${at % 1_000}/part/${at}` : `agent-${at}`;
}

function announcements(names: readonly Nlri[]): Update[] {
  return Array.from({ length: Math.ceil(names.length / PER_UPDATE) }, (_, at) => ({
    type: 'update',
    withdrawn: [],
    proofs: [],
    attributes: {
      asPath: [65_010, 65_100 + (at % 10)],
      nextHop: '',
      localPref: 100,
      med: (at % 40) * 25,
      communities: at % 2 === 0 ? ['region:eu'] : ['region:us'],
      capabilities: [],
      originTime: 1_700_000_000_000,
    },
    reach: names.slice(at * PER_UPDATE, (at + 1) * PER_UPDATE).map((nlri) => ({ nlri, life: nlri.padEnd(43, '-') })),
  }));
}

function connect(speaker: Speaker, id: string, asn: number): void {
  const capabilities = { families: ['agent', 'capability'], routeRefresh: true, proofs: true, decision: '' } as const;
  const peer: PeerSettings = {
    id,
    asn,
    url: `http://${id}`,
    passive: true,
    holdTimeSeconds: 90,
    restartTimeSeconds: 0,
    advertisementIntervalMs: 0,
    client: false,
    nextHop: 'self',
    maxRoutes: 10_000_000,
    maxBytes: Infinity,
    allowOrigins: undefined,
    allowAgents: undefined,
    damping: undefined,
    policy: undefined,
    proofs: true,
  };
  step(speaker, { type: 'PeerConfigured', peer, jitter: 0 }, 0);
  step(
    speaker,
    { type: 'Session', peer: id, connection: 'inbound', input: { type: 'TransportAccepted' }, jitter: 0 },
    0,
  );
  receive(speaker, id, {
    type: 'open',
    version: 4,
    asn,
    routerId: `10.0.1.${asn % 100}`,
    holdTimeSeconds: 90,
    capabilities,
  });
  receive(speaker, id, { type: 'keepalive' });
  flush(speaker, id);
}

function receive(speaker: Speaker, peer: string, message: Message): void {
  const input = { type: 'MessageReceived', message } as const;
  step(speaker, { type: 'Session', peer, connection: 'inbound', input, jitter: 0 }, 0);
}

/** The end of the turn, and of those that it takes until the peer knows all; how many routes the peer was told. */
function flush(speaker: Speaker, peer: string): number {
  let told = 0;
  for (let isLast = false; !isLast;) {
    const effects = step(speaker, { type: 'TimerExpired', timer: { kind: 'advertise', peer }, jitter: 0 }, 0);
    for (const effect of effects) {
      if (effect.type === 'Send' && effect.message.type === 'update') told += effect.message.reach.length;
    }
    isLast = !effects.some(({ type }) => type === 'SetTimer');
  }
  return told;
}

/** Nanoseconds for the route of an agent, for the closest route of a capability, and for all that a call may try. */
function lookUp(speaker: Speaker, names: readonly Nlri[]): Pick<Run, 'exactNs' | 'capabilityNs' | 'callNs'> {
  const agents = names.filter((nlri) => !nlri.startsWith('~'));
  const paths = names.filter((nlri) => nlri.startsWith('~')).map((nlri) => `${nlri.slice(1)}/below/it`);
  const asking = { from: undefined, crossed: [], required: [] };
  return {
    exactNs: eachOf(agents, (nlri) => speaker.locRib.get(nlri)?.best),
    capabilityNs: eachOf(paths, (path) => longestMatch(speaker, path)),
    callNs: eachOf(agents, (nlri) => callRoutes(speaker, nlri, asking)[0]),
  };
}

function eachOf(wanted: readonly string[], find: (one: string) => unknown): number {
  let found = 0;
  const seconds = timed(() => {
    for (let at = 0; at < LOOKUPS; at++) if (find(wanted[(at * 7_919) % wanted.length] ?? '') !== undefined) found++;
  });
  if (found !== LOOKUPS) throw new Error(`${found} of ${LOOKUPS} look-ups found a route`);
  return (seconds / LOOKUPS) * 1e9;
}

function timed(work: () => void): number {
  const started = performance.now();
  work();
  return (performance.now() - started) / 1_000;
}

/** After a turn of its own: weak references hold on to their targets until the turn ends. */
async function usedBytes(): Promise<number> {
  await turn();
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}
