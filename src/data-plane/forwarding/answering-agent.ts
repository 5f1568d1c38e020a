import { isAsn, type Asn } from '../../core/bgp/packet/asn.ts';
import { familyOf, isNlri } from '../../core/bgp/packet/nlri.ts';
import { decoded } from './decoded.ts';

/** Reply header that names the agent that answers a call of a capability. */
export const ANSWERING_AGENT_HEADER = 'agent-bgp-agent';

/** The agent that answers a call, and the AS that it belongs to. */
export interface AnsweringAgent {
  readonly asn: Asn;
  readonly agentId: string;
}

/** Returns the value of the header. */
export function answeringAgentText({ asn, agentId }: AnsweringAgent): string {
  return `${asn}/${encodeURIComponent(agentId)}`;
}

/** Reads the header; undefined if it is absent or malformed. The caller then learns only the capability. */
export function readAnsweringAgent(text: string | null): AnsweringAgent | undefined {
  const [, asn = '', encoded = ''] = /^(\d{1,10})\/(.+)$/.exec(text ?? '') ?? [];
  const agentId = decoded(encoded);
  if (!isAsn(Number(asn)) || !isNlri(agentId) || familyOf(agentId) !== 'agent') return undefined;
  return { asn: Number(asn), agentId };
}

/** Rewrites the header of another router so that it can be forwarded; undefined if it is malformed. */
export function passedAnsweringAgent(text: string | null): string | undefined {
  const answeringAgent = readAnsweringAgent(text);
  return answeringAgent && answeringAgentText(answeringAgent);
}
