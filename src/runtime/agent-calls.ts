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

function agentCall(
  hop: Hop,
  said: Conversation,
  { signal, crossing, onTaker }: Omit<HopControl<AgentChunk>, 'onChunk'>,
): AgentCall {
  const { agentId, peer, route } = hop;
  const { messages, threadId, resourceId, agentOptions, includeRaw } = said;
  const options = peer === undefined ? inRequestContext(agentOptions, contextOf(crossing, hop)) : agentOptions;
  return {
    agentId,
    messages,
    signal,
    // What our own servers want is found out by asking them.
    ...(peer !== undefined && route?.label?.modelVersion === 'v1' && { isLegacy: true }),
    // Of a capability only routers further on know which agent has it.
    ...(peer !== undefined &&
      familyOf(agentId) === 'capability' && {
        onHeaders: (headers: Headers) => {
          onTaker(readTaker(headers.get(TAKER_HEADER)));
        },
      }),
    // Which routers a call has crossed is for routers alone.
    headers: peer === undefined ? { traceparent: crossing.traceparent } : crossingHeaders(crossing),
    ...(threadId !== undefined && { threadId }),
    ...(resourceId !== undefined && { resourceId }),
    ...(options !== undefined && { options }),
    ...(includeRaw !== undefined && { includeRaw }),
  };
}
