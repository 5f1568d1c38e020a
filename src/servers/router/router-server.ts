import { familyOf } from '../../core/bgp/packet/nlri.ts';
import { transitHeaders } from '../../data-plane/forwarding/transit-context.ts';
import { readAnsweringAgent, ANSWERING_AGENT_HEADER } from '../../data-plane/forwarding/answering-agent.ts';
import { ApiServer, type Kind } from '../api/api-server.ts';
import type { ServerClient, ServerOptions } from '../server-client.ts';

const KIND: Kind = {
  companions: ({ agentId, route }, _said, { transit, onAnsweringAgent }) => ({
    headers: transitHeaders(transit),
    // What our own servers want is found out by asking them.
    ...(route?.label?.modelVersion === 'v1' && { isLegacy: true }),
    // Of a capability only routers further on know which agent has it.
    ...(familyOf(agentId) === 'capability' && {
      onHeaders: (headers: Headers) => {
        onAnsweringAgent(readAnsweringAgent(headers.get(ANSWERING_AGENT_HEADER)));
      },
    }),
  }),
  onward: (_hop, { transit, body }) => ({ headers: transitHeaders(transit), body }),
  isRouter: true,
};

/** Makes the client of another router: it answers as a Mastra server does, and learns which routers a call has crossed. */
export function routerServer(options: ServerOptions): ServerClient {
  return new ApiServer(options, KIND);
}
