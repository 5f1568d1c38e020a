import { isAsn, type Asn } from '../bgp/packet/asn.ts';
import { agentIdFault } from '../bgp/packet/nlri.ts';
import { Failure } from '../failure.ts';

/** What a caller names: an id or a capability path, and perhaps whose. */
export interface Target {
  readonly id: string;
  readonly qualifier: Qualifier | undefined;
}

export type Qualifier = { readonly kind: 'server'; readonly name: string } | { readonly kind: 'as'; readonly asn: Asn };

/** Which words before the first `:` are qualifiers; any other is part of the agent's id. */
export interface KnownNames {
  isServer(name: string): boolean;
  isAs(asn: Asn): boolean;
}

/** The name that a caller wrote cannot be that of an agent. */
export class InvalidAgentId extends Failure {
  constructor(id: string, fault: string) {
    super(
      'INVALID_AGENT_ID',
      `The agent id ${JSON.stringify(id.slice(0, 80))} ${fault}. Call list-agents for valid ids.`,
    );
  }
}

/** Reads `agent`, `server0:agent`, `as65002:agent` or a capability path. */
export function parseTarget(text: string, known: KnownNames): Target {
  const colon = text.indexOf(':');
  const qualifier = colon === -1 ? undefined : parseQualifier(text.slice(0, colon), known);
  const id = qualifier === undefined ? text : text.slice(colon + 1);
  const fault = agentIdFault(id);
  if (fault !== undefined) throw new InvalidAgentId(id, fault);
  return { id, qualifier };
}

function parseQualifier(word: string, known: KnownNames): Qualifier | undefined {
  if (known.isServer(word)) return { kind: 'server', name: word };
  const asn = /^as(\d{1,10})$/i.exec(word)?.[1];
  if (asn === undefined || !isAsn(Number(asn)) || !known.isAs(Number(asn))) return undefined;
  return { kind: 'as', asn: Number(asn) };
}
