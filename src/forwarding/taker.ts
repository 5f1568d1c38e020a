import { isAsn, type Asn } from '../bgp/packet/asn.ts';
import { familyOf, isNlri } from '../bgp/packet/nlri.ts';
import { decoded } from './decoded.ts';

/** The header of a reply that names the agent which has taken the call of a capability. */
export const TAKER_HEADER = 'agent-bgp-agent';

/** An agent, and the AS that it belongs to. */
export interface Taker {
  readonly asn: Asn;
  readonly agentId: string;
}

export function takerText({ asn, agentId }: Taker): string {
  return `${asn}/${encodeURIComponent(agentId)}`;
}

/** Undefined where the other side does not say it, or not properly: then the caller is told of the capability alone. */
export function readTaker(text: string | null): Taker | undefined {
  const [, asn = '', encoded = ''] = /^(\d{1,10})\/(.+)$/.exec(text ?? '') ?? [];
  const agentId = decoded(encoded);
  if (!isAsn(Number(asn)) || !isNlri(agentId) || familyOf(agentId) !== 'agent') return undefined;
  return { asn: Number(asn), agentId };
}

/** The same header as it is passed on: what another router has said, if it is readable. */
export function passedTaker(text: string | null): string | undefined {
  const taker = readTaker(text);
  return taker && takerText(taker);
}
