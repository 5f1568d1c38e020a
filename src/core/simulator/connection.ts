import type { Connection } from '../bgp/fsm/fsm.ts';
import type { Message } from '../bgp/packet/message.ts';
import { Channel, type Conditions } from './channel.ts';

/** A wire between two routers. */
export interface Link {
  readonly a: string;
  readonly b: string;
  readonly conditions: Conditions;
  /** True while the wire is there; a cut is seen at both ends. */
  up: boolean;
  /** True while nothing passes although the wire is there; neither end is told. */
  partitioned: boolean;
  /** Every connection that is open at one end at least. */
  readonly connections: Set<Tcp>;
}

/** A segment inside a connection. */
export type Segment =
  | { readonly type: 'syn' }
  | { readonly type: 'accepted' }
  | { readonly type: 'message'; readonly message: Message }
  | { readonly type: 'fin' };

/** One side of a connection. */
export interface End {
  readonly tcp: Tcp;
  /** The router at this end. */
  readonly router: string;
  /** The router at the other end. */
  readonly peer: string;
  readonly side: Connection;
  /** The segments on their way to this end. */
  readonly incoming: Channel<Segment>;
  open: boolean;
}

/** A TCP connection between two routers: both directions, and who still holds it. */
export class Tcp {
  readonly link: Link;
  readonly dialler: End;
  readonly listener: End;
  /** True once the listener's side has answered the dial, or the network in its place. */
  answered = false;

  constructor(link: Link, dialler: string, listener: string) {
    this.link = link;
    this.dialler = this.#end(dialler, listener, 'outbound');
    this.listener = this.#end(listener, dialler, 'inbound');
  }

  other(end: End): End {
    return end === this.dialler ? this.listener : this.dialler;
  }

  #end(router: string, peer: string, side: Connection): End {
    return { tcp: this, router, peer, side, incoming: new Channel(), open: side === 'outbound' };
  }
}

/** Returns the router at the other end of a link. */
export function otherEnd(link: Link, name: string): string {
  return link.a === name ? link.b : link.a;
}
