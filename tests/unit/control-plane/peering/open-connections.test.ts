import { EventEmitter } from 'node:events';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OpenConnections, SERVED_AT_A_TIME } from '../../../../src/control-plane/peering/open-connections.ts';

const PLACES = 1_000;

/** A connection, reduced to what decides about its place. */
class Client extends EventEmitter {
  readonly remoteAddress: string;
  writableLength = 0;
  timeout: number | undefined = 0;
  destroyed = false;

  constructor(remoteAddress: string) {
    super();
    this.remoteAddress = remoteAddress;
  }

  setTimeout(timeout: number): void {
    this.timeout = timeout;
  }

  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }

  get socket(): Socket {
    return this as unknown as Socket;
  }
}

const message = (complete: boolean) => Object.assign(new IncomingMessage(new Socket()), { complete });
const [whole, unfinished] = [message(true), message(false)];

let connections: OpenConnections;

beforeEach(() => {
  connections = new OpenConnections();
});

function come(address: string, count = 1): Client[] {
  return Array.from({ length: count }, () => {
    const client = new Client(address);
    connections.come(client.socket);
    return client;
  });
}

const begin = (client: Client, kind: keyof typeof SERVED_AT_A_TIME, request = whole) =>
  connections.begin(client.socket, request, SERVED_AT_A_TIME[kind]);

const gone = (clients: readonly Client[]) => clients.filter(({ destroyed }) => destroyed).length;

describe('a new connection', () => {
  it('replaces the longest idle connection of the address that has the most', () => {
    const few = come('192.0.2.1', 10);
    const many = come('192.0.2.2', PLACES - 10);
    const [newcomer] = come('192.0.2.3');
    expect([gone(few), gone(many), newcomer?.destroyed]).toEqual([0, 1, false]);
    expect(many[0]?.destroyed).toBe(true);
  });

  it('finds a place even if all others are being served, and replaces none of them', () => {
    const served = come('192.0.2.2', PLACES);
    const begun = served.filter((client) => begin(client, 'other'));
    expect(begun).toHaveLength(SERVED_AT_A_TIME.other);
    come('192.0.2.2', 500);
    expect(gone(begun)).toBe(0);
    expect(come('192.0.2.2')[0]?.destroyed).toBe(false);
  });

  it('does not replace the connection of a peer', () => {
    const [peer] = come('192.0.2.2');
    connections.vouch(peer!.socket, 'as65102');
    come('192.0.2.2', 2 * PLACES);
    expect(peer?.destroyed).toBe(false);
  });
});

describe('a request', () => {
  it('of an introduction finds a place when calls have used all of theirs, and one of a peer always does', () => {
    const clients = come('192.0.2.2', 900);
    expect(clients.filter((client) => begin(client, 'call'))).toHaveLength(SERVED_AT_A_TIME.call);
    const [hello, named] = come('192.0.2.2', 2);
    for (const client of clients.slice(-200)) connections.end(client.socket);
    expect([begin(hello!, 'call'), begin(named!, 'peer')]).toEqual([false, true]);
    connections.end(hello!.socket);
    expect(begin(hello!, 'other')).toBe(true);
  });

  it.each<[string, (client: Client) => void, IncomingMessage]>([
    ['is never complete', () => undefined, unfinished],
    ['has a response that is not read', (client) => (client.writableLength = 1), whole],
  ])('that %s gives its place to the next one', (_, make, request) => {
    const [slow] = come('192.0.2.2');
    begin(slow!, 'other', request);
    make(slow!);
    const others = come('192.0.2.2', SERVED_AT_A_TIME.other);
    expect(others.every((client) => begin(client, 'other'))).toBe(true);
    expect([slow?.destroyed, gone(others)]).toEqual([true, 0]);
  });

  it('replaces one of an address that has more, not one of its own', () => {
    const many = come('192.0.2.2', SERVED_AT_A_TIME.other);
    for (const client of many) begin(client, 'other');
    const [own, another] = [...come('192.0.2.2'), ...come('192.0.2.3')];
    expect(begin(own!, 'other')).toBe(false);
    expect(gone(many)).toBe(0);
    expect(begin(another!, 'other')).toBe(true);
    expect(gone(many)).toBe(1);
  });
});

describe('connections of peers', () => {
  it('beyond a thousand count as unauthenticated again, starting with the oldest of the peer that has the most', () => {
    const [modest] = come('192.0.2.1');
    connections.vouch(modest!.socket, 'as65102');
    const greedy = come('192.0.2.2', PLACES);
    for (const client of greedy) connections.vouch(client.socket, 'as65103');
    come('192.0.2.3', PLACES);
    expect(modest?.destroyed).toBe(false);
    expect(gone(greedy)).toBe(0);
    come('192.0.2.2', PLACES);
    expect(gone(greedy)).toBe(1);
  });
});

describe('a client that does not read its response', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    connections.stop();
    vi.useRealTimers();
  });

  it('times out after half a minute, unless it reads again', () => {
    connections.start();
    const [client] = come('192.0.2.2');
    begin(client!, 'call');
    vi.advanceTimersByTime(5_000);
    expect(client?.timeout).toBe(0);
    client!.writableLength = 1;
    vi.advanceTimersByTime(5_000);
    expect(client?.timeout).toBe(30_000);
    client!.writableLength = 0;
    vi.advanceTimersByTime(5_000);
    expect(client?.timeout).toBe(0);
  });
});
