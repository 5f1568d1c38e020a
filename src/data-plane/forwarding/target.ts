import type { Asn } from '../../core/bgp/packet/asn.ts';
import { agentIdFault, qualifierWord } from '../../core/bgp/packet/nlri.ts';
import { Failure } from '../../base/failure/failure.ts';

/** A name as the caller wrote it: an id or a capability path, with an optional qualifier. */
export interface Target {
  readonly id: string;
  readonly qualifier: Qualifier | undefined;
  /** The whole name if it reads as qualified, because one of our own agents may have such an id. */
  readonly literal?: string;
}

export type Qualifier = { readonly kind: 'server'; readonly name: string } | { readonly kind: 'as'; readonly asn: Asn };

/** Returns true if a server of this name is configured. */
export type IsServer = (name: string) => boolean;

/** The name that a caller wrote is not a valid agent id. */
export class InvalidAgentId extends Failure {
  constructor(id: string, fault: string) {
    super(
      'INVALID_AGENT_ID',
      `The agent id ${JSON.stringify(id.slice(0, 80))} ${fault}. Call list-agents for valid ids.`,
      { blames: 'caller' },
    );
  }
}

/**
 * Parses `agent`, `server0:agent`, `as65002:agent` or a capability path. A name that reads as qualified stays so even
 * if no such server or AS is known. It must not become the name of a foreign agent.
 */
export function parseTarget(text: string, isServer: IsServer): Target {
  const word = qualifierWord(text);
  const qualifier = word === undefined ? undefined : parseQualifier(word, isServer);
  const id = word === undefined || qualifier === undefined ? text : text.slice(word.length + 1);
  const fault = agentIdFault(id);
  if (fault !== undefined) throw new InvalidAgentId(id, fault);
  const isLiteral = qualifier !== undefined && agentIdFault(text) === undefined;
  return { id, qualifier, ...(isLiteral && { literal: text }) };
}

function parseQualifier(word: string, isServer: IsServer): Qualifier | undefined {
  if (isServer(word) || /^server\d+$/i.test(word)) return { kind: 'server', name: word };
  const asn = /^as(\d+)$/i.exec(word)?.[1];
  return asn === undefined ? undefined : { kind: 'as', asn: Number(asn) };
}
