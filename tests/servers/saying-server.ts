import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';

/** A reply, word for word; JSON, unless it comes in several parts, which make a stream. */
export type Said = string | readonly string[];

export interface SayingServer {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** Starts a server that says whatever it is told to, by the path of the request; what it knows nothing to say to is 404. */
export async function startSaying(say: (path: string) => Said | undefined, status = 200): Promise<SayingServer> {
  const server = createServer((request, response) => {
    request.resume();
    const said = say(decodeURI(request.url ?? ''));
    const isStream = typeof said === 'object';
    response.statusCode = said === undefined ? 404 : status;
    response.setHeader('content-type', isStream ? 'text/event-stream' : 'application/json');
    void (async () => {
      for (const part of isStream ? said : [said ?? '{"error":"Not found"}']) {
        response.write(part);
        await turn();
      }
      response.end();
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
