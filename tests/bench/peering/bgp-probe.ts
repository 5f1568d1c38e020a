import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as pass } from 'node:timers/promises';
import * as bgp from './bgp-message.ts';
import type { Heard, Probe } from './contender.ts';

const CONNECT_WITHIN_MS = 30_000;
const RETRY_MS = 50;

interface Target {
  readonly host: string;
  readonly port: number;
}

/** A probe that speaks BGP-4 over TCP. */
export class BgpProbe implements Probe {
  readonly #asn: number;
  readonly #socket: Socket;
  readonly #alive: NodeJS.Timeout;
  #listener: (heard: Heard) => void = () => undefined;

  private constructor(asn: number, socket: Socket, rest: Buffer) {
    this.#asn = asn;
    this.#socket = socket;
    this.#alive = setInterval(this.#sending(bgp.keepalive()), (bgp.HOLD_TIME_SECONDS * 1_000) / 3);
    let bytes = rest;
    socket.on('data', (chunk: Buffer) => {
      bytes = this.#receive(Buffer.concat([bytes, chunk]), performance.now());
    });
  }

  /** Resolves when there is a session; a daemon that is not ready for one yet hangs up. */
  static async connect(asn: number, address: string, target: Target): Promise<BgpProbe> {
    const deadline = performance.now() + CONNECT_WITHIN_MS;
    for (;;) {
      const socket = connect({ ...target, localAddress: address, noDelay: true });
      const rest = await handshake(socket, asn, address).catch(() => undefined);
      if (rest !== undefined) return new BgpProbe(asn, socket, rest);
      socket.destroy();
      if (performance.now() > deadline) throw new Error(`${target.host} does not peer with AS ${asn}`);
      await pass(RETRY_MS);
    }
  }

  listen(listener: (heard: Heard) => void): void {
    this.#listener = listener;
  }

  announcing(routes: readonly number[]): () => void {
    return this.#sending(bgp.announcements(routes, this.#asn));
  }

  withdrawing(routes: readonly number[]): () => void {
    return this.#sending(bgp.withdrawals(routes));
  }

  async close(): Promise<void> {
    clearInterval(this.#alive);
    const closed = once(this.#socket, 'close');
    this.#socket.destroy();
    await closed;
  }

  #sending(bytes: Buffer): () => void {
    return () => {
      this.#socket.write(bytes);
    };
  }

  #receive(bytes: Buffer, at: number): Buffer {
    const { messages, rest } = bgp.readMessages(bytes);
    for (const { type, body } of messages) {
      if (type === bgp.NOTIFICATION) throw new Error(`a daemon closes: ${body.toString('hex')}`);
      if (type !== bgp.UPDATE) continue;
      const { withdrawn, reach } = bgp.readUpdate(body);
      for (const route of withdrawn) this.#listener({ route, reachable: false, at });
      for (const route of reach) this.#listener({ route, reachable: true, at });
    }
    return rest;
  }
}

/** Exchanges OPEN and KEEPALIVE; resolves with what came after them. */
async function handshake(socket: Socket, asn: number, address: string): Promise<Buffer> {
  await once(socket, 'connect');
  socket.write(bgp.open(asn, address));
  let bytes: Buffer = Buffer.alloc(0);
  for (;;) {
    const chunk = await nextChunk(socket);
    const { messages, rest } = bgp.readMessages(Buffer.concat([bytes, chunk]));
    bytes = rest;
    if (messages.some(({ type }) => type === bgp.OPEN)) socket.write(bgp.keepalive());
    if (messages.some(({ type }) => type === bgp.NOTIFICATION)) throw new Error('refused');
    if (messages.some(({ type }) => type === bgp.KEEPALIVE)) return bytes;
  }
}

async function nextChunk(socket: Socket): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const hungUp = () => {
      reject(new Error('hung up'));
    };
    socket.once('close', hungUp);
    socket.once('data', (chunk: Buffer) => {
      socket.off('close', hungUp);
      resolve(chunk);
    });
  });
}
