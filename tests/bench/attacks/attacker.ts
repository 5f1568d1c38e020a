// node tests/bench/attacks/attacker.ts <flood> <router url> <asn>: attacks a router until it is killed.
import { once } from 'node:events';
import { setImmediate as turn, setTimeout as pass } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { MAX_ATTRIBUTES_SIZE } from '../../../src/core/bgp/packet/limits.ts';
import { MAX_MESSAGE_BYTES } from '../../../src/control-plane/peering/json-codec.ts';
import { RawPeer } from '../../servers/raw-peer.ts';

const MEGABYTE = 1024 * 1024;
const ENTRIES = 10_000;

/** Each gives the messages of one flood, in turn and without end. */
const FLOODS: Readonly<Record<string, (asn: number) => Generator<string>>> = { sets, junk, routes };

/** Each announces one more agent under attributes that no other has, and that are as large as they may be. */
function* sets(asn: number): Generator<string> {
  for (let at = 0; ; at++) {
    const note = `${at} `.padEnd(MAX_ATTRIBUTES_SIZE - 512, '~');
    yield update(asn, { originTime: at, '+note': note }, [`agent-${at}`]);
  }
}

/** JSON as large as a message may be, of every shape that takes long to read. */
function* junk(asn: number): Generator<string> {
  const filled = (head: string, unit: string, tail = '') =>
    head + unit.repeat(Math.floor((MAX_MESSAGE_BYTES - head.length - tail.length) / unit.length)) + tail;
  const shapes = [
    filled('', '['),
    filled('', '{"a":'),
    filled('[0', ',[]', ']'),
    filled('[0', ',{"a":1}', ']'),
    filled('[0', `,${'['.repeat(14)}${']'.repeat(14)}`, ']'),
    filled('{"type":"update","note":"', '\\"', '"}'),
    filled('{"type":"update","note":"', 'x', '"}'),
    filled('{"type":"update",', ' ', '"reach":[]}'),
    filled(
      `{"type":"update","attributes":{"asPath":[${asn}],"originTime":1,"+x":[0`,
      ',[]',
      ']},"reach":[{"nlri":"x"}]}',
    ),
  ];
  for (;;) yield* shapes;
}

/** As many routes as a message may have, under attributes that are as large as they may be, there and back. */
function* routes(asn: number): Generator<string> {
  const nlris = Array.from({ length: ENTRIES }, (_, at) => `agent-${at}`);
  for (let at = 0; ; at++) {
    yield update(asn, { originTime: at, '+note': '~'.repeat(MAX_ATTRIBUTES_SIZE - 512) }, nlris);
    if (at % 4 === 3) yield JSON.stringify({ type: 'update', withdrawn: nlris });
  }
}

function update(asn: number, attributes: object, nlris: readonly string[]): string {
  const reach = nlris.map((nlri) => ({ nlri }));
  return JSON.stringify({ type: 'update', attributes: { asPath: [asn], ...attributes }, reach });
}

/** Sends as fast as the router reads; comes back at once where the router hangs up. */
async function attack(url: string, asn: number, messages: Generator<string>): Promise<never> {
  for (;;) {
    try {
      const { socket } = await RawPeer.dial(url, { asn });
      await once(socket, 'message');
      while (socket.readyState === WebSocket.OPEN) {
        if (socket.bufferedAmount > MEGABYTE) await pass(1);
        else socket.send(messages.next().value as string);
        await turn();
      }
    } catch {
      await pass(10);
    }
  }
}

const [kind = '', url = '', asn = ''] = process.argv.slice(2);
await attack(url, Number(asn), FLOODS[kind]!(Number(asn)));
