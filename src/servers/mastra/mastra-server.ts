import { contextOf } from '../../data-plane/forwarding/recursion.ts';
import { ApiServer, type Kind } from '../api/api-server.ts';
import type { ServerClient, ServerOptions } from '../server-client.ts';
import { inBody, inRequestContext } from './request-context.ts';

/** The routers that a call has crossed are for routers alone; agents learn what they need for calls of their own. */
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

/** Makes the client of a Mastra server of any generation; a router at the URL of a configured server is called like one. */
export function mastraServer(options: ServerOptions): ServerClient {
  return new ApiServer(options, KIND);
}
