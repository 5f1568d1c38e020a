import type { Origination } from '../../../../src/core/bgp/state/event.ts';
import { ACCEPT_ALL, type Policy, type Statement } from '../../../../src/core/bgp/policy/policy.ts';
import { step } from '../../../../src/core/bgp/speaker.ts';
import { createSpeaker } from '../../../../src/core/bgp/state/state.ts';
import { Failure, type FailureCode, type Reached } from '../../../../src/base/failure/failure.ts';
import type { CallRequest } from '../../../../src/data-plane/forwarding/call.ts';
import { Forwarder } from '../../../../src/data-plane/forwarding/forwarder.ts';
import { PathFinder } from '../../../../src/data-plane/forwarding/path-finder.ts';
import type { DirectAgent, ResponseTimes } from '../../../../src/data-plane/forwarding/ports.ts';
import { routingTable } from '../../../../src/data-plane/forwarding/routing-table.ts';
import { peerSettings } from '../../core/bgp/support/network.ts';

export type Answer = (agentId: string, signal: AbortSignal, onChunk: () => void) => Promise<string>;

export const SERVERS = ['server0', 'server1', 'server2', 'server3', 'server4', 'server5'].map((name, rank) => ({
  name,
  rank,
  url: `http://${name}:4111`,
  asn: 65001 + rank,
}));

/** Penalties under which two withdrawals of an agent suppress it. */
const DAMPING = { suppressAbove: 1_500, reuseBelow: 1_000, halfLifeMs: 60_000, maxSuppressMs: 60_000 };

interface Setting {
  readonly agents?: Readonly<Record<string, readonly (string | Partial<Origination>)[]>>;
  readonly statements?: readonly Partial<Statement>[];
  readonly answers?: Readonly<Record<string, Answer>>;
  readonly pending?: readonly string[];
  readonly errors?: Readonly<Record<string, string>>;
  readonly peersTold?: Promise<void>;
  readonly peersAway?: readonly string[];
  readonly permits?: (url: string) => boolean;
  /** Returns the agent that a server means by a name. If absent, the agent with that id. */
  readonly learn?: (name: string) => DirectAgent | undefined;
  readonly servers?: number;
  /** URL of the only peer, if there is one. */
  readonly peerUrl?: string;
  readonly times?: ResponseTimes;
}

/** A forwarder over a real speaker. Only the next hops are simulated. */
export function setting({ agents = {}, statements = [], answers = {}, ...rest }: Setting) {
  const policy: Policy = {
    ...ACCEPT_ALL,
    import: {
      ...ACCEPT_ALL.import,
      statements: statements.map((statement) => ({
        name: undefined,
        match: {},
        action: 'accept',
        set: {},
        continue: false,
        ...statement,
      })),
    },
  };
  const routerId = '10.0.0.1';
  const speaker = createSpeaker({
    asn: 65000,
    routerId,
    clusterId: routerId,
    policy,
    aggregates: [],
    maxPaths: 1,
    medTolerance: 0,
  });
  if (rest.peerUrl !== undefined) {
    const peer = peerSettings('peer', 65010, { url: rest.peerUrl });
    step(speaker, { type: 'PeerConfigured', peer, jitter: 0 }, 0);
  }
  const servers = SERVERS.slice(0, rest.servers ?? 2);
  const answered = new Map<string, () => void>();
  const firstAnswers = new Map(
    (rest.pending ?? []).map((name) => [name, new Promise<void>((resolve) => answered.set(name, resolve))]),
  );
  const called: string[] = [];
  const originate = (name: string, found: readonly (string | Partial<Origination>)[]): void => {
    const { asn, url, rank } = SERVERS.find((server) => server.name === name)!;
    const stub = { id: name, asn, nextHop: url, rank, weight: 1, damping: DAMPING };
    step(speaker, { type: 'RoutesOriginated', stub, agents: found.map(originationOf), draws: [] }, 0);
  };
  for (const [name, found] of Object.entries(agents)) originate(name, found);
  const paths = new PathFinder({
    ownAsn: 65000,
    isAs: (asn) => asn === 65000 || servers.some((server) => server.asn === asn),
    table: routingTable(speaker),
    balance: (routes) => routes,
    servers: {
      all: () => servers.map((server) => ({ ...server, error: rest.errors?.[server.name] })),
      named: (name) => {
        const server = servers.find((one) => one.name === name);
        return server && { ...server, error: rest.errors?.[name] };
      },
      firstAnswer: (name) => firstAnswers.get(name) ?? Promise.resolve(),
      peersTold: rest.peersTold ?? Promise.resolve(),
      peersAway: () => rest.peersAway ?? [],
    },
    directCalls: {
      permits: rest.permits ?? (() => false),
      learn: (_url, name) => Promise.resolve((rest.learn ?? described)(name)),
    },
  });
  const forwarder = new Forwarder<string, undefined>({
    self: speaker.settings,
    admission: () => undefined,
    limits: { timeoutMs: 60_000, silenceMs: 60_000 },
    paths,
    times: rest.times,
    isProbed: () => false,
    nextHops: {
      call: ({ nextHop, agentId }, _said, { signal, onChunk }) => {
        called.push(nextHop);
        const name = new URL(nextHop).hostname;
        return (answers[name] ?? (() => Promise.resolve(`${agentId} at ${name}`)))(agentId, signal, () => {
          onChunk(undefined);
        });
      },
    },
  });
  return {
    called,
    /** Delivers a server's first answer. */
    answer: (name: string, found: readonly string[]) => {
      originate(name, found);
      answered.get(name)?.();
    },
    /** Lets a server's agent flap until it is damped. */
    flap: (name: string, agent: string) => {
      for (let times = 0; times < 2; times++) {
        step(speaker, { type: 'RoutesEnded', stub: name, agents: [agent] }, 0);
        originate(name, [agent]);
      }
    },
    forward: (request: Partial<CallRequest>, signal = new AbortController().signal) =>
      forwarder.forward(
        {
          targetAgentId: 'weatherAgent',
          messages: [{ role: 'user', content: 'hello' }],
          interactionType: 'generate',
          ...request,
        },
        { signal, onChunk: () => undefined },
      ),
  };
}

function originationOf(agent: string | Partial<Origination>): Origination {
  const base = { label: { name: '', description: '' }, capabilities: [], communities: [], med: 0, originTime: 1 };
  return typeof agent === 'string' ? { ...base, agent } : { ...base, agent: 'weatherAgent', ...agent };
}

function described(id: string): DirectAgent {
  return { id, capabilities: [], communities: [] };
}

export function failing(code: FailureCode, reached: Reached): Answer {
  return () => Promise.reject(new Failure(code, 'It failed.', { blames: 'server', reached }));
}

/** One agent on two servers. */
export const BOTH = { server0: ['weatherAgent'], server1: ['weatherAgent'] };
