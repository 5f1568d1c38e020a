import { familyOf } from '../../bgp/packet/nlri.ts';
import { crossingHeaders } from '../../forwarding/crossing.ts';
import { readTaker, TAKER_HEADER } from '../../forwarding/taker.ts';
import { ApiServer, type Kind } from '../api/api-server.ts';
import type { ServerClient, ServerOptions } from '../server-client.ts';

const KIND: Kind = {
  companions: ({ agentId, route }, _said, { crossing, onTaker }) => ({
    headers: crossingHeaders(crossing),
    // What our own servers want is found out by asking them.
    ...(route?.label?.modelVersion === 'v1' && { isLegacy: true }),
    // Of a capability only routers further on know which agent has it.
    ...(familyOf(agentId) === 'capability' && {
      onHeaders: (headers: Headers) => {
        onTaker(readTaker(headers.get(TAKER_HEADER)));
      },
    }),
  }),
  onward: (_hop, { crossing, body }) => ({ headers: crossingHeaders(crossing), body }),
  isRouter: true,
};

/** Makes the client of another router: it answers as a Mastra server does, and learns which routers a call has crossed. */
export function routerServer(options: ServerOptions): ServerClient {
  return new ApiServer(options, KIND);
}
