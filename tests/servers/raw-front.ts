import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { drawNonce, Handshake } from '../../src/control-plane/peering/handshake.ts';
import { wireHello, type Challenge, type Hello } from '../../src/control-plane/peering/hello.ts';

/** Where a peer without a router behind it takes calls: it introduces itself as that peer and answers whatever it is asked for. */
export interface RawFront {
  readonly url: string;
  /** The agents and capabilities that were called, in the form in which the URL names them. */
  readonly called: string[];
  readonly stop: () => Promise<void>;
}

/** Starts the listener of a peer that has no key. */
export async function startRawFront(self: { readonly asn: number; readonly routerId: string }): Promise<RawFront> {
  const called: string[] = [];
  const introductions = new Map<string, { readonly hello: Hello; readonly challenge: Challenge }>();
  const introduced = (body: { readonly type: string; readonly session?: string }): object => {
    if (body.type === 'hello') {
      const session = drawNonce();
      const challenge = { type: 'challenge' as const, session, ...self, nonce: drawNonce() };
      introductions.set(session, { hello: wireHello.parse(body), challenge });
      return challenge;
    }
    const { hello, challenge } = introductions.get(body.session ?? '')!;
    return { type: 'welcome', proof: new Handshake(undefined, hello, challenge).proof('answerer') };
  };
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { pathname } = new URL(request.url ?? '/', 'http://front');
      const [, agent] = /^\/api\/agents\/([^/]+)\/\w+$/.exec(pathname) ?? [];
      if (agent !== undefined) called.push(decodeURIComponent(agent));
      const isHello = pathname === '/bgp/hello';
      const answer = isHello
        ? introduced(JSON.parse(body) as { type: string })
        : { text: `raw ${called.at(-1)}`, finishReason: 'stop' };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    called,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
