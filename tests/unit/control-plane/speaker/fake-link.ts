import type { Message } from '../../../../src/core/bgp/packet/message.ts';
import { read, type Decoded } from '../../../../src/core/bgp/packet/wire-decoded.ts';
import type { Identity } from '../../../../src/control-plane/speaker/identity.ts';
import type { Done, Link, LinkEnd } from '../../../../src/control-plane/speaker/link.ts';

/** A link without a transport. A test plays the router at its other end. */
export class FakeLink implements Link {
  readonly remote: Identity;
  readonly sent: Message[] = [];
  backlog = 0;
  isPaused = false;
  isClosed = false;
  #end: LinkEnd | undefined;

  constructor(remote: Identity) {
    this.remote = remote;
  }

  /** The types of the sent messages. */
  get said(): readonly string[] {
    return this.sent.map(({ type }) => type);
  }

  say(message: Message, done?: Done): void {
    this.deliver(() => read(message), done);
  }

  deliver(decode: () => Decoded, done?: Done): void {
    this.#end?.received(decode, 1, done);
  }

  drain(): void {
    this.backlog = 0;
    this.#end?.drained();
  }

  lose(): void {
    this.#end?.lost();
  }

  open(end: LinkEnd): void {
    this.#end = end;
  }

  send(message: Message): void {
    this.sent.push(message);
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}
