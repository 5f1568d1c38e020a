import type { PeerSettings } from '../../../../src/core/bgp/state/peer-settings.ts';
import { ACCEPT_ALL } from '../../../../src/core/bgp/policy/policy.ts';
import { createSpeaker, type SpeakerSettings } from '../../../../src/core/bgp/state/state.ts';
import { drawLife } from '../../../../src/control-plane/speaker/draw-life.ts';
import type { PeerOptions } from '../../../../src/control-plane/peering/peer-options.ts';
import { Peering } from '../../../../src/control-plane/peering/peering.ts';
import type { LogEvent } from '../../../../src/base/telemetry/log-event.ts';

export interface TestPeer extends Partial<PeerSettings> {
  readonly asn: number;
  readonly key?: string;
}

export interface InProcessRouterOptions {
  readonly asn: number;
  readonly port: number;
  /** Base URL under which others reach the router, if it is not its own port. */
  readonly publicPort?: number;
  readonly peers: readonly TestPeer[];
  readonly settings?: Partial<SpeakerSettings>;
}

/** A router in this process, with real sockets on loopback and no servers of its own. */
export class InProcessRouter {
  readonly peering: Peering;
  readonly logged: LogEvent[] = [];
  readonly asn: number;
  readonly url: string;

  constructor({ asn, port, publicPort = port, peers, settings }: InProcessRouterOptions) {
    this.asn = asn;
    const routerId = `10.0.${(asn >> 8) & 255}.${asn & 255}`;
    this.url = `http://127.0.0.1:${publicPort}`;
    const speaker = createSpeaker({
      asn,
      routerId,
      clusterId: routerId,
      policy: ACCEPT_ALL,
      aggregates: [],
      maxPaths: 4,
      medTolerance: 0,
      ...settings,
    });
    this.peering = new Peering({
      speaker,
      peers: peers.map(peerOptions),
      guests: [],
      callers: [],
      operatorsKey: undefined,
      keyed: peers.some(({ key }) => key !== undefined),
      listen: { host: '127.0.0.1', port, onLoopback: true },
      advertiseUrl: this.url,
      fetch: { configured: globalThis.fetch, guests: globalThis.fetch },
      log: (event) => {
        this.logged.push(event);
      },
    });
  }

  async start(): Promise<void> {
    const rooms = {
      front: { answer: (_request: unknown, caller: unknown) => Response.json({ caller }), trace: () => new Response() },
      operators: { answer: () => undefined },
    };
    if (!(await this.peering.listen(rooms))) throw new Error('the port is taken');
    this.peering.meet();
  }

  stop(): Promise<void> {
    return this.peering.stop();
  }

  isUp(peer: string): boolean {
    return (
      this.peering.driver.linkOf(peer) !== undefined &&
      this.peering.driver.speaker.peers.get(peer)?.session !== undefined
    );
  }

  knows(agent: string): boolean {
    return this.peering.driver.speaker.locRib.get(agent)?.best !== undefined;
  }

  originate(...agents: string[]): void {
    this.originateWith([], agents);
  }

  originateWith(communities: readonly string[], agents: readonly string[], description = ''): void {
    const stub = { id: 'server0', asn: 65_001, nextHop: 'http://127.0.0.1:4111', rank: 0, weight: 1 };
    this.peering.driver.raise({
      type: 'RoutesOriginated',
      stub,
      agents: agents.map((agent) => ({
        agent,
        label: { name: agent, description },
        capabilities: [],
        communities,
        med: 0,
        originTime: 1,
      })),
      draws: agents.map(drawLife),
    });
  }

  end(...agents: string[]): void {
    this.peering.driver.raise({ type: 'RoutesEnded', stub: 'server0', agents });
  }
}

function peerOptions({ key, ...peer }: TestPeer): PeerOptions {
  return {
    key,
    name: `as${peer.asn}`,
    url: undefined,
    passive: false,
    holdTimeSeconds: 90,
    restartTimeSeconds: 0,
    advertisementIntervalMs: 0,
    client: false,
    nextHop: 'self',
    maxRoutes: 100_000,
    maxBytes: 64 * 1024 * 1024,
    allowOrigins: undefined,
    allowAgents: undefined,
    damping: undefined,
    policy: undefined,
    ...peer,
  };
}
