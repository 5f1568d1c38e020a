import type { PeerId } from '../core/bgp/rib/route.ts';
import type { Speaker } from '../core/bgp/state/state.ts';
import type { PeeringConfig } from '../base/config/config.ts';
import type { Copies } from '../control-plane/copies/copies.ts';
import type { SharedSettings } from '../control-plane/copies/shared-settings.ts';
import type { UserSecret } from '../control-plane/copies/user-secret.ts';
import type { Peering } from '../control-plane/peering/peering.ts';
import type { ServedRooms } from '../control-plane/peering/served-rooms.ts';
import { Driver } from '../control-plane/speaker/driver.ts';
import { PeerAway } from '../control-plane/speaker/peer-away.ts';
import type { Log } from '../base/telemetry/log-event.ts';
import { tuneEngine } from './tune-engine.ts';
import type { Egresses } from '../base/egress/egresses.ts';

/** The router's place among other routers. */
export interface Network {
  readonly driver: Driver;
  /** Returns a `fetch` that sends requests with our session with a peer. */
  readonly fetchTo: (peer: PeerId) => typeof globalThis.fetch;
  /**
   * Starts to look for peers and for other copies of this router, and returns at once. `rooms` answer their requests.
   */
  readonly start: (rooms: ServedRooms) => void;
  /** Returns the reason, in one sentence, why this router has no peers; undefined if there is none. */
  readonly notice: () => string | undefined;
  /** Returns the number of other copies of this router that are connected to this one. */
  readonly followers: () => number;
  /** Resolves when every peer has advertised all its routes or is unreachable, or after two seconds. */
  readonly peersTold: Promise<void>;
  /** Resolves when every peer has advertised all its routes. Rejects when `signal` aborts. */
  readonly whenTold: (signal: AbortSignal) => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface NetworkOptions {
  readonly config: PeeringConfig;
  readonly speaker: Speaker;
  readonly out: Egresses;
  readonly secret: UserSecret;
  readonly settings: SharedSettings;
  readonly env: NodeJS.ProcessEnv;
  readonly log: Log;
}

/** Returns the network of a router without peers. The core still needs its clock. */
export function aloneNetwork(speaker: Speaker, log: Log): Network {
  const driver = new Driver({
    speaker,
    dial: (peer) => Promise.reject(new PeerAway(peer)),
    ended: () => [],
    observe: () => undefined,
    log,
  });
  return {
    driver,
    fetchTo: (peer) => () => Promise.reject(new PeerAway(peer)),
    start: () => undefined,
    notice: () => undefined,
    followers: () => 0,
    peersTold: Promise.resolve(),
    whenTold: () => Promise.resolve(),
    stop: () => driver.stop(),
  };
}

/** Returns the network of a router with peers. It loads the code for peering. */
export async function openNetwork(options: NetworkOptions): Promise<Network> {
  const { config, speaker, out, log } = options;
  tuneEngine();
  const { Peering } = await import('../control-plane/peering/peering.ts');
  const fetch = { configured: out.configured.fetch, guests: out.untrusted.fetch };
  const peering = new Peering({ ...config, speaker, fetch, log });
  const copies = await copiesOf(options, peering);
  return {
    driver: peering.driver,
    ...(copies === undefined ? single(peering) : oneOf(copies, peering)),
    peersTold: peering.progress.whenFirstTold(),
    whenTold: (signal) => peering.progress.whenTold(signal),
  };
}

type Place = Pick<Network, 'fetchTo' | 'start' | 'notice' | 'followers' | 'stop'>;

/** Returns the network of a router without a port, which copies could not share. Every copy is a router of its own. */
function single(peering: Peering): Place {
  return {
    fetchTo: (peer) => peering.fetchTo(peer),
    start: () => {
      peering.meet();
    },
    notice: () => undefined,
    followers: () => 0,
    stop: () => peering.stop(),
  };
}

function oneOf(copies: Copies, peering: Peering): Place {
  return {
    fetchTo: (peer) => (input, init) => copies.fetch(peer, peering.fetchTo(peer), input, init),
    start: (rooms) => {
      copies.start(rooms);
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
  { config: { listen, peers }, secret, settings, env, log }: NetworkOptions,
  peering: Peering,
): Promise<Copies | undefined> {
  if (listen === undefined) return undefined;
  const { Copies } = await import('../control-plane/copies/copies.ts');
  const urlOf = (peer: PeerId) => peers.find(({ name }) => name === peer)?.url;
  return new Copies({ peering, listen, secret, settings, urlOf, env, log });
}
