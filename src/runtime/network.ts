import type { Admin } from '../admin/admin.ts';
import type { PeerId } from '../bgp/rib/route.ts';
import type { Speaker } from '../bgp/state/state.ts';
import type { PeeringConfig } from '../config/config.ts';
import type { Marks } from '../copies/introduction.ts';
import type { Egresses } from '../egress/egresses.ts';
import { Failure } from '../failure/failure.ts';
import type { Front } from '../forwarding/front.ts';
import { Driver } from '../peering/driver.ts';
import type { Peering } from '../peering/peering.ts';
import type { Log } from '../telemetry/log-event.ts';
import { tuneEngine } from './tune-engine.ts';
import type { Copies, CopiesOptions, UserSecret } from './copies.ts';
import { callerOf, guestRange, peerOptions } from './peers.ts';

/** The router's place among other routers. */
export interface Network {
  readonly driver: Driver;
  /** Calls a peer in our name. */
  readonly fetchFrom: (peer: PeerId) => typeof globalThis.fetch;
  /** Lets others call agents through us, and look at what we know; before `start`. */
  readonly serve: (front: Front, admin: Admin) => void;
  /** Begins to look for peers and for other copies of this router; waits for none. */
  readonly start: () => void;
  /** What keeps this router from its peers, in one sentence, if anything does. */
  readonly notice: () => string | undefined;
  /** How many other copies of this router listen to this one. */
  readonly followers: () => number;
  /** When every peer has told all that it knows or could not be reached, and two seconds after the start at the latest. */
  readonly peersTold: Promise<void>;
  /** Resolves when every peer has told all that it knows; rejects when `signal` aborts. */
  readonly whenTold: (signal: AbortSignal) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** How long the first questions wait for peers: for one that answers nothing they would wait in vain. */
const FIRST_TOLD_MS = 2_000;

export interface NetworkOptions {
  readonly config: PeeringConfig;
  readonly speaker: Speaker;
  readonly out: Egresses;
  readonly secret: UserSecret;
  readonly marks: Marks;
  readonly env: NodeJS.ProcessEnv;
  readonly log: Log;
}

/** There is no session with the peer that the route came from. */
class PeerAway extends Failure {
  constructor(peer: PeerId) {
    super('SERVER_UNAVAILABLE', `There is no session with ${peer} at the moment. Try again in a while.`, {
      blames: 'server',
    });
  }
}

function nothing(): Response {
  return Response.json({ error: 'There is nothing here.' }, { status: 404 });
}

/** A router that meets nobody: the core still needs its clock. */
export function aloneNetwork(speaker: Speaker, log: Log): Network {
  const driver = new Driver({
    speaker,
    dial: (peer) => Promise.reject(new PeerAway(peer)),
    ended: () => undefined,
    observe: () => undefined,
    log,
  });
  return {
    driver,
    fetchFrom: (peer) => () => Promise.reject(new PeerAway(peer)),
    serve: () => undefined,
    start: () => undefined,
    notice: () => undefined,
    followers: () => 0,
    peersTold: Promise.resolve(),
    whenTold: () => Promise.resolve(),
    stop: () => driver.stop(),
  };
}

/** A router with peers; their code is loaded only here. */
export async function openNetwork(options: NetworkOptions): Promise<Network> {
  const { config, speaker, out, log } = options;
  tuneEngine();
  const { Peering } = await import('../peering/peering.ts');
  let rooms: { readonly front: Front; readonly admin: Admin } | undefined;
  const look = (url: URL): Response | Promise<Response> => {
    const traced = url.pathname === '/bgp/trace' ? url.searchParams.get('agent') : null;
    if (traced !== null) return rooms?.front.trace(traced) ?? nothing();
    return rooms?.admin.answer(url) ?? nothing();
  };
  const configured: ReadonlySet<PeerId> = new Set(config.peers.map(({ name }) => name));
  // A guest chooses its URL itself.
  const fetchOf = (peer: PeerId): typeof globalThis.fetch =>
    (configured.has(peer) ? out.configured : out.untrusted).fetch;
  const peering = new Peering({
    ...config,
    speaker,
    peers: config.peers.map(peerOptions),
    guests: config.guests.map(guestRange),
    callers: config.callers.map(callerOf),
    serve: (asked, caller) => {
      const { method, url } = asked;
      if (!url.pathname.startsWith('/api/')) return method === 'GET' ? look(url) : nothing();
      if (rooms === undefined || !/^\/api\/agents(\/|$)/.test(url.pathname)) return nothing();
      return rooms.front.answer(asked, caller);
    },
    fetchOf,
    log,
  });
  const fetchFrom = (peer: PeerId): typeof globalThis.fetch => {
    return async (input, init) => {
      const credentials = await peering.credentialsFor(peer);
      if (credentials === undefined) throw new PeerAway(peer);
      const silent = peering.silent.signalFor(peer);
      const signal = init?.signal ? AbortSignal.any([init.signal, silent]) : silent;
      return fetchOf(peer)(input, {
        ...init,
        signal,
        headers: { ...(init?.headers as Record<string, string>), ...credentials },
      });
    };
  };
  const copies = await copiesOf(options, peering, fetchFrom, look);
  return {
    driver: peering.driver,
    ...(copies === undefined ? single(peering, fetchFrom) : oneOf(copies, peering, fetchFrom)),
    serve: (front, admin) => {
      rooms = { front, admin };
    },
    peersTold: peering.progress.whenFirstTold(AbortSignal.timeout(FIRST_TOLD_MS)).catch(() => undefined),
    whenTold: (signal) => peering.progress.whenTold(signal),
  };
}

type FetchFrom = Network['fetchFrom'];

type Place = Pick<Network, 'fetchFrom' | 'start' | 'notice' | 'followers' | 'stop'>;

/** Without a port there is nothing to share: every copy is a router of its own. */
function single(peering: Peering, fetchFrom: FetchFrom): Place {
  return {
    fetchFrom,
    start: () => {
      peering.meet();
    },
    notice: () => undefined,
    followers: () => 0,
    stop: () => peering.stop(),
  };
}

function oneOf(copies: Copies, peering: Peering, fetchFrom: FetchFrom): Place {
  return {
    fetchFrom: (peer) => (input, init) => copies.fetch(peer, fetchFrom(peer), input, init),
    start: () => {
      copies.start();
    },
    notice: () => copies.notice(),
    followers: () => copies.followers,
    stop: async () => {
      const takenOver = await copies.stop();
      await (takenOver ? peering.release() : peering.stop());
      copies.end();
    },
  };
}

async function copiesOf(
  { config: { listen, peers }, ...options }: NetworkOptions,
  peering: Peering,
  fetchFrom: FetchFrom,
  look: CopiesOptions['look'],
): Promise<Copies | undefined> {
  if (listen === undefined) return undefined;
  const [{ Copies }, { callForCopy }] = await Promise.all([import('./copies.ts'), import('./call-for-copy.ts')]);
  const urlOf = (peer: PeerId) => peers.find(({ name }) => name === peer)?.url;
  return new Copies({ ...options, peering, listen, look, call: callForCopy({ urlOf, fetchFrom }) });
}
