import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * A request to the listener. It is not a `Request`, because creating one would take a tenth of the time of a call here.
 */
export interface IncomingRequest {
  /** `GET` for a HEAD too. Node omits the body of the response. */
  readonly method: string;
  readonly url: URL;
  readonly header: (name: string) => string | undefined;
  readonly body: AsyncIterable<Uint8Array>;
  /** Aborts if the client disconnects before the response is complete. */
  readonly signal: AbortSignal;
}

/** Wraps a message of Node's server. */
export function incomingRequest(url: string, incoming: IncomingMessage, outgoing: ServerResponse): IncomingRequest {
  const hungUp = new AbortController();
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) hungUp.abort();
  });
  return {
    method: incoming.method === 'HEAD' ? 'GET' : (incoming.method ?? 'GET'),
    url: new URL(url),
    header: headerOf(incoming),
    // The connection stays open if the reader stops early, because the response is still to be sent.
    body: { [Symbol.asyncIterator]: () => incoming.iterator({ destroyOnReturn: false })[Symbol.asyncIterator]() },
    signal: hungUp.signal,
  };
}

/** Returns a function that looks up the headers of a request by their names in lower case. */
export function headerOf({ headers }: Pick<IncomingMessage, 'headers'>): (name: string) => string | undefined {
  return (name) => {
    const value = headers[name];
    return Array.isArray(value) ? value[0] : value;
  };
}
