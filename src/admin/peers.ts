import type { Speaker } from '../bgp/state.ts';
import { peerState } from '../bgp/view.ts';
import type { TrafficOf } from './admin-options.ts';

/** A peer as an operator sees it. */
export interface ShownPeer {
  readonly name: string;
  readonly asn: number;
  readonly address: string | undefined;
  /** The state of the connection that got farthest (RFC 4271 §8.2.2). */
  readonly status: string;
  readonly routerId: string | undefined;
  readonly routesReceived: number;
  readonly routesSent: number;
  readonly lastUpdate: string | undefined;
  /** Why there is no session, as far as this side knows. */
  readonly error: string | undefined;
  readonly holdTimeSeconds: number | undefined;
  readonly maxRoutes: number;
  /** What its routes hold in memory. */
  readonly bytesHeld: number;
  readonly maxBytes: number;
  readonly messages: { readonly sent: object; readonly received: object };
}

/** Every configured peer, with the state of its session. */
export function peers(speaker: Speaker, trafficOf: TrafficOf): readonly ShownPeer[] {
  return [...speaker.peers].map(([name, peer]) => {
    const { settings, session, adjRibIn, adjRibOut, footprint } = peer;
    const { sent, received, heardAt, dialError } = trafficOf(name);
    return {
      name,
      asn: settings.asn,
      address: settings.url,
      status: peerState(peer),
      routerId: session?.negotiated.routerId,
      routesReceived: adjRibIn.size,
      routesSent: adjRibOut.size,
      lastUpdate: heardAt === undefined ? undefined : new Date(heardAt).toISOString(),
      error: session === undefined ? dialError : undefined,
      holdTimeSeconds: session?.negotiated.holdTimeSeconds,
      maxRoutes: settings.maxRoutes,
      bytesHeld: footprint.bytes,
      maxBytes: settings.maxBytes,
      messages: { sent, received },
    };
  });
}
