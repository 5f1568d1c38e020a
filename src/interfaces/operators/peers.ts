import type { PeerId } from '../../core/bgp/rib/route.ts';
import type { Peer, Speaker } from '../../core/bgp/state/state.ts';
import { peerState } from '../../core/bgp/view.ts';
import { streamedList } from '../../base/lists/streamed-list.ts';
import type { TrafficOf } from './admin-options.ts';

/** A peer in the answer to an operator. */
interface ShownPeer {
  readonly name: string;
  readonly asn: number;
  readonly address: string | undefined;
  /** State of the most advanced connection (RFC 4271 §8.2.2). */
  readonly status: string;
  readonly routerId: string | undefined;
  readonly routesReceived: number;
  readonly routesSent: number;
  readonly lastUpdate: string | undefined;
  /** Last dial error; absent while a session is established. */
  readonly error: string | undefined;
  readonly holdTimeSeconds: number | undefined;
  readonly maxRoutes: number;
  /** Memory used by its routes, in bytes. */
  readonly bytesHeld: number;
  readonly maxBytes: number;
  readonly messages: { readonly sent: object; readonly received: object };
}

/** Streams every peer with the state of its session, as a JSON array. */
export function peers(speaker: Speaker, trafficOf: TrafficOf): ReadableStream<Uint8Array> {
  const names = [...speaker.peers.keys()];
  return streamedList({
    head: '[',
    tail: ']',
    start: 0,
    *after(place): Generator<readonly [number, string]> {
      for (const [at, name] of names.slice(place).entries()) {
        const peer = speaker.peers.get(name);
        yield [place + at + 1, peer === undefined ? '' : JSON.stringify(shownPeer(name, peer, trafficOf(name)))];
      }
    },
  });
}

function shownPeer(name: PeerId, peer: Peer, traffic: ReturnType<TrafficOf>): ShownPeer {
  const { settings, session, adjRibIn, adjRibOut, footprint } = peer;
  const { sent, received, heardAt, dialError } = traffic;
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
}
