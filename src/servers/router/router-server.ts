import { familyOf } from '../../core/bgp/packet/nlri.ts';
import { transitHeaders } from '../../data-plane/forwarding/transit-context.ts';
import { readAnsweringAgent, ANSWERING_AGENT_HEADER } from '../../data-plane/forwarding/answering-agent.ts';
import { ApiServer, type Kind } from '../api/api-server.ts';
import type { ServerClient, ServerOptions } from '../server-client.ts';

const KIND: Kind = {
  companions: ({ agentId, route }, _said, { transit, onAnsweringAgent }) => ({
    headers: transitHeaders(transit),
    // For our own servers, the client learns this by calling them.
    ...(route?.label?.modelVersion === 'v1' && { isLegacy: true }),
    // Only routers further on know which agent has the capability.
    ...(familyOf(agentId) === 'capability' && {
      onHeaders: (headers: Headers) => {
        onAnsweringAgent(readAnsweringAgent(headers.get(ANSWERING_AGENT_HEADER)));
      },
    }),
  }),
  onward: (_hop, { transit, body }) => ({ headers: transitHeaders(transit), body }),
  isRouter: true,
};

/**
 * Returns the client of another router. It answers like a Mastra server and gets the path of routers that a call has
 * crossed.
 */
export function routerServer(options: ServerOptions): ServerClient {
  return new ApiServer(options, KIND);
}
