import type { Asn } from '../../core/bgp/packet/asn.ts';
import type { PeerSettings } from '../../core/bgp/state/peer-settings.ts';
import { ACCEPT_ALL } from '../../core/bgp/policy/policy.ts';
import type { PeerId } from '../../core/bgp/rib/route.ts';
import { createSpeaker } from '../../core/bgp/state/state.ts';
import { Driver } from '../speaker/driver.ts';
import { drawLife } from '../speaker/draw-life.ts';
import type { Identity } from '../speaker/identity.ts';
import type { Session } from './authenticated-session.ts';
import { webSocketPair } from './web-socket-pair.ts';
import { WebSocketLink } from './web-socket-link.ts';

const [FIRST, MIDDLE, LAST] = [identity(64_512), identity(64_513), identity(64_514)];
const AGENT = 'rehearsal';
const STUB = { id: 'rehearsal', asn: 65_001, nextHop: 'http://192.0.2.1', rank: 0, weight: 1 };

/**
 * Sends one route through a chain of three private routers without a network, and withdraws it. The code of these steps
 * is then loaded and compiled. Otherwise, that would be most of the delay of the first real route.
 */
export class WarmUp {
  readonly #chain: readonly [Driver, Driver, Driver];
  #hasCome = false;
  #isOver = false;

  constructor() {
    const failed = () => void this.stop();
    const last = router(LAST, undefined, failed, () => {
      this.#look();
    });
    const middle = router(MIDDLE, last, failed);
    this.#chain = [router(FIRST, middle, failed), middle, last];
  }

  /** True if the route has arrived and has been withdrawn again. */
  get isOver(): boolean {
    return this.#isOver;
  }

  start(): void {
    const [first, middle, last] = this.#chain;
    meet(last, MIDDLE, true);
    meet(middle, FIRST, true);
    meet(middle, LAST, false);
    meet(first, MIDDLE, false);
    const label = { name: AGENT, description: '' };
    const agent = { agent: AGENT, label, capabilities: [], communities: [], med: 0, originTime: 1 };
    first.raise({ type: 'RoutesOriginated', stub: STUB, agents: [agent], draws: [drawLife(AGENT)] });
  }

  async stop(): Promise<void> {
    await Promise.all(this.#chain.map((driver) => driver.stop()));
  }

  #look(): void {
    const isThere = this.#chain[2].speaker.locRib.get(AGENT)?.best !== undefined;
    if (isThere && !this.#hasCome) {
      this.#hasCome = true;
      this.#chain[0].raise({ type: 'RoutesEnded', stub: STUB.id, agents: [AGENT] });
    } else if (!isThere && this.#hasCome) {
      this.#isOver = true;
      void this.stop();
    }
  }
}

function identity(asn: Asn): Identity {
  return { asn, routerId: `192.0.2.${asn % 64}` };
}

function idOf({ asn }: Identity): PeerId {
  return `as${asn}`;
}

/**
 * Returns the driver of a router in the chain. It dials the next router, if there is one. A failed dial is not retried
 * but ends the warm-up.
 */
function router(
  self: Identity,
  next: Driver | undefined,
  failed: () => void,
  observe: () => void = () => undefined,
): Driver {
  const settings = {
    ...self,
    clusterId: self.routerId,
    policy: ACCEPT_ALL,
    aggregates: [],
    maxPaths: 1,
    medTolerance: 0,
  };
  return new Driver({
    speaker: createSpeaker(settings),
    dial: async (id) => {
      try {
        if (next === undefined) throw new Error(`${id} is not dialled in a warm-up`);
        return await join(self, next);
      } catch (error) {
        failed();
        throw error;
      }
    },
    ended: () => [],
    observe,
    log: () => undefined,
  });
}

/** Joins two routers. Returns our end of a link whose other end the peer has accepted. */
async function join(self: Identity, peer: Driver): Promise<WebSocketLink> {
  const [dialled, taken] = await webSocketPair();
  const { asn, routerId } = peer.speaker.settings;
  const remote = { asn, routerId };
  peer.accept(idOf(self), new WebSocketLink(session(remote, self), taken));
  return new WebSocketLink(session(self, remote), dialled);
}

function session(local: Identity, remote: Identity): Session {
  return { id: 'rehearsal', peer: idOf(remote), account: AGENT, url: undefined, local, remote, tokenKey: undefined };
}

function meet(driver: Driver, peer: Identity, passive: boolean): void {
  const settings: PeerSettings = {
    id: idOf(peer),
    asn: peer.asn,
    // The URL is never called, but routes of a peer without a URL are not used.
    url: `http://${peer.routerId}`,
    passive,
    holdTimeSeconds: 0,
    restartTimeSeconds: 0,
    advertisementIntervalMs: 0,
    client: false,
    nextHop: 'self',
    maxRoutes: 1,
    maxBytes: 64 * 1024,
    allowOrigins: undefined,
    allowAgents: undefined,
    damping: undefined,
    policy: undefined,
    proofs: true,
  };
  driver.raise({ type: 'PeerConfigured', peer: settings, jitter: 0 });
}
