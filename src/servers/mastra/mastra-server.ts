import { contextOf } from '../../data-plane/forwarding/recursion.ts';
import { ApiServer, type Kind } from '../api/api-server.ts';
import type { ServerClient, ServerOptions } from '../server-client.ts';
import { inBody, inRequestContext } from './request-context.ts';

/**
 * A Mastra server does not get the path of routers, which only routers need. Its agents get the context for calls of
 * their own.
 */
const KIND: Kind = {
  companions: (hop, { agentOptions }, { transit }) => ({
    headers: { traceparent: transit.traceparent },
    options: inRequestContext(agentOptions, contextOf(transit, hop)),
  }),
  onward: (hop, { transit, body }) => ({
    headers: { traceparent: transit.traceparent },
    body: inBody(body, contextOf(transit, hop)),
  }),
  isRouter: false,
};

/**
 * Returns the client of a Mastra server of any generation. A router at the URL of a configured server is called like
 * one.
 */
export function mastraServer(options: ServerOptions): ServerClient {
  return new ApiServer(options, KIND);
}
