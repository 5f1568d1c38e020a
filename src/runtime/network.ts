import type { PeerId } from '../bgp/rib/route.ts';
import type { Speaker } from '../bgp/state.ts';
import type { PeeringConfig } from '../config/config.ts';
import { Failure } from '../failure.ts';
import type { Admin } from '../admin/admin.ts';
import type { Front } from '../forwarding/front.ts';
import { Driver } from '../peering/driver.ts';
import type { Log } from '../telemetry/log-event.ts';
import { peerOptions } from './peers.ts';

/** The router's place among other routers. */
export interface Network {
  readonly driver: Driver;
  /** Calls a peer in our name. */
  readonly fetchFrom: (peer: PeerId) => typeof globalThis.fetch;
  /** Lets others call agents through us, and look at what we know; before `start`. */
  readonly serve: (front: Front, admin: Admin) => void;
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** There is no session with the peer that the route came from. */
class PeerAway extends Failure {
  constructor(peer: PeerId) {
    super('SERVER_UNAVAILABLE', `There is no session with ${peer} at the moment. Try again in a while.`);
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
    log,
  });
  return {
    driver,
    fetchFrom: (peer) => () => Promise.reject(new PeerAway(peer)),
    serve: () => undefined,
    start: () => Promise.resolve(),
    stop: () => driver.stop(),
  };
}

/** A router with a listener and peers; their code is loaded only here. */
export async function openNetwork(
  { listen, advertiseUrl, peers, keyed }: PeeringConfig,
  speaker: Speaker,
  fetch: typeof globalThis.fetch,
  log: Log,
): Promise<Network> {
  const { Peering } = await import('../peering/peering.ts');
  let rooms: { readonly front: Front; readonly admin: Admin } | undefined;
  const peering = new Peering({
    speaker,
    peers: peers.map(peerOptions),
    keyed,
    listen,
    advertiseUrl,
    serve: (request, caller) => {
      const url = new URL(request.url);
      if (rooms !== undefined && /^\/api\/agents(\/|$)/.test(url.pathname)) return rooms.front.answer(request, caller);
      if (request.method !== 'GET' || rooms === undefined) return nothing();
      const traced = url.pathname === '/bgp/trace' ? url.searchParams.get('agent') : null;
      if (traced !== null) return rooms.front.trace(traced);
      return rooms.admin.answer(url) ?? nothing();
    },
    fetch,
    log,
  });
  return {
    driver: peering.driver,
    fetchFrom: (peer) => async (input, init) => {
      const credentials = await peering.credentialsFor(peer);
      if (credentials === undefined) throw new PeerAway(peer);
      return fetch(input, { ...init, headers: { ...(init?.headers as Record<string, string>), ...credentials } });
    },
    serve: (front, admin) => {
      rooms = { front, admin };
    },
    start: () => peering.start(),
    stop: () => peering.stop(),
  };
}
