import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { HttpLink } from '../../../../src/control-plane/peering/http-link.ts';
import { MAX_MESSAGE_BYTES } from '../../../../src/control-plane/peering/json-codec.ts';
import { MirroredLink } from '../../../../src/control-plane/peering/mirrored-link.ts';
import { readMessage } from '../../../../src/control-plane/peering/read-message.ts';
import type { Session } from '../../../../src/control-plane/peering/authenticated-session.ts';
import type { SessionLink } from '../../../../src/control-plane/peering/session-link.ts';
import { WebSocketLink } from '../../../../src/control-plane/peering/web-socket-link.ts';

export const LOCAL = { asn: 65_101, routerId: '10.0.0.1' };
export const REMOTE = { asn: 65_102, routerId: '10.0.0.2' };

const session: Session = {
  id: 'session',
  peer: 'as65102',
  account: 'as65102',
  url: undefined,
  local: LOCAL,
  remote: REMOTE,
  tokenKey: undefined,
};

/** A link and the router at its other end, which a test plays. */
export interface Rig {
  readonly link: SessionLink;
  /** Texts of the messages that have arrived at the other end. */
  readonly heard: readonly string[];
  /** Sends a text from the other end. */
  readonly say: (text: string) => void;
  /** Stops reading at the other end. */
  readonly hold: () => void;
  /** Resumes reading at the other end. */
  readonly release: () => void;
  /** Breaks the connection. */
  readonly break: () => void;
  readonly stop: () => void;
}

async function webSocketRig(): Promise<Rig> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, maxPayload: MAX_MESSAGE_BYTES });
  await once(server, 'listening');
  const far = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const heard: string[] = [];
  far.on('message', (data: Buffer) => heard.push(data.toString()));
  const [[near]] = await Promise.all([once(server, 'connection') as Promise<[WebSocket]>, once(far, 'open')]);
  near.pause();
  return {
    link: new WebSocketLink(session, near),
    heard,
    say: (text) => {
      far.send(text);
    },
    hold: () => {
      far.pause();
    },
    release: () => {
      far.resume();
    },
    break: () => {
      far.terminate();
    },
    stop: () => {
      far.terminate();
      server.close();
    },
  };
}

/** An endpoint that answers requests, or holds them until they are released or aborted. */
class Answerer {
  readonly heard: string[] = [];
  isBroken = false;
  #held: (() => void)[] | undefined;

  readonly fetch: typeof globalThis.fetch = async (_url, init) => {
    const { signal } = init ?? {};
    if (this.#held !== undefined) {
      await new Promise<void>((resolve, reject) => {
        this.#held?.push(resolve);
        signal?.addEventListener('abort', () => {
          reject(new Error('given up'));
        });
      });
    }
    if (this.isBroken) throw new Error('the connection is broken');
    this.heard.push(init?.body as string);
    return Response.json({ status: 'accepted' });
  };

  hold(): void {
    this.#held ??= [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const go of held) go();
  }
}

function httpRig(): Promise<Rig> {
  const answerer = new Answerer();
  const link = new HttpLink({ session, url: 'http://peer', fetch: answerer.fetch, mayBeDeaf: false });
  let earlier = Promise.resolve();
  return Promise.resolve({
    link,
    heard: answerer.heard,
    say: (text) => {
      // Like the listener, it does not read waiting requests.
      earlier = earlier.then(async () => {
        await link.readable();
        const isTooLarge = text.length > MAX_MESSAGE_BYTES;
        void (isTooLarge ? link.deliverTooLarge() : link.deliver(readMessage(text), text.length));
      });
    },
    hold: () => {
      answerer.hold();
    },
    release: () => {
      answerer.release();
    },
    break: () => {
      answerer.isBroken = true;
      link.send({ type: 'keepalive' });
      link.send({ type: 'keepalive' });
    },
    stop: () => {
      answerer.release();
    },
  });
}

function mirroredRig(): Promise<Rig> {
  const link = new MirroredLink(session.peer, LOCAL, REMOTE);
  const nothing = () => undefined;
  return Promise.resolve({
    link,
    heard: [],
    say: (text) => {
      link.deliver(readMessage(text));
    },
    hold: nothing,
    release: nothing,
    break: () => {
      link.lose();
      link.lose();
    },
    stop: nothing,
  });
}

/** Every kind of link. A mirrored link only receives. */
export const RIGS = [
  { kind: 'WebSocket', rig: webSocketRig, isTwoWay: true },
  { kind: 'HTTP', rig: httpRig, isTwoWay: true },
  { kind: 'mirrored', rig: mirroredRig, isTwoWay: false },
];
