import type { AgentCall, AgentChunk, AgentClient, AgentReply, StreamReply } from '../agents/agent-client.ts';
import { familyOf } from '../bgp/packet/nlri.ts';
import type { Conversation } from '../forwarding/call.ts';
import { crossingHeaders } from '../forwarding/crossing.ts';
import type { Hop } from '../forwarding/hop.ts';
import type { HopControl, NextHops } from '../forwarding/ports.ts';
import { contextOf } from '../forwarding/recursion.ts';
import { inRequestContext } from '../forwarding/request-context.ts';
import { readTaker, TAKER_HEADER } from '../forwarding/taker.ts';

/** Lets forwarding call agents at a next hop through the client for it. */
export function agentCalls(clientFor: (hop: Hop) => AgentClient): NextHops<AgentReply | StreamReply, AgentChunk> {
  return {
    call: (hop, said, control) => {
      const client = clientFor(hop);
      const call = agentCall(hop, said, control);
      return said.interactionType === 'stream' ? client.stream(call, control.onChunk) : client.generate(call);
    },
  };
}

function agentCall(hop: Hop, said: Conversation, control: HopControl<AgentChunk>): AgentCall {
  const { messages, threadId, resourceId, agentOptions: options, includeRaw } = said;
  return {
    agentId: hop.agentId,
    messages,
    signal: control.signal,
    ...(threadId !== undefined && { threadId }),
    ...(resourceId !== undefined && { resourceId }),
    ...(options !== undefined && { options }),
    ...(includeRaw !== undefined && { includeRaw }),
    ...(hop.peer === undefined ? forServer(hop, said, control) : forRouter(hop, control)),
  };
}

/** Which routers a call has crossed is for routers alone; agents learn what they need for calls of their own. */
function forServer(hop: Hop, { agentOptions }: Conversation, { crossing }: HopControl<AgentChunk>): Partial<AgentCall> {
  const { traceparent } = crossing;
  return { headers: { traceparent }, options: inRequestContext(agentOptions, contextOf(crossing, hop)) };
}

function forRouter({ agentId, route }: Hop, { crossing, onTaker }: HopControl<AgentChunk>): Partial<AgentCall> {
  return {
    headers: crossingHeaders(crossing),
    // What our own servers want is found out by asking them.
    ...(route?.label?.modelVersion === 'v1' && { isLegacy: true }),
    // Of a capability only routers further on know which agent has it.
    ...(familyOf(agentId) === 'capability' && {
      onHeaders: (headers: Headers) => {
        onTaker(readTaker(headers.get(TAKER_HEADER)));
      },
    }),
  };
}
