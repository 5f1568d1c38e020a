import { EventEmitter, once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { incomingRequest } from '../../../../src/control-plane/peering/incoming-request.ts';
import { Listener } from '../../../../src/control-plane/peering/listener.ts';
import { Sessions } from '../../../../src/control-plane/peering/sessions.ts';
import { Upgrade } from '../../../../src/control-plane/peering/upgrade.ts';

const upgrade = new Upgrade({
  sessions: new Sessions(),
  mayPeer: () => true,
  accept: () => false,
  log: () => undefined,
});
const failures: unknown[] = [];
const steps = new EventEmitter();
let listener: Listener;
let port: number;

beforeEach(async () => {
  listener = new Listener({
    host: '127.0.0.1',
    port: 0,
    names: [],
    peerOf: () => undefined,
    fetch: async ({ url }, { incoming, outgoing }) => {
      const { signal } = incomingRequest(url, incoming, outgoing);
      steps.emit('asked');
      await once(signal, 'abort');
      setImmediate(() => steps.emit('answered'));
      signal.throwIfAborted();
      return new Response();
    },
    upgrade,
    failed: (error) => failures.push(error),
  });
  ({ port } = await listener.start());
});

afterEach(() => listener.stop());

it('does not report an error if a client disconnects before its response has begun', async () => {
  const [asked, answered] = [once(steps, 'asked'), once(steps, 'answered')];
  const socket = connect(port, '127.0.0.1');
  socket.write('POST /api/agents/a/generate HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 0\r\n\r\n');
  await asked;
  socket.destroy();
  await answered;
  expect(failures).toEqual([]);
});
