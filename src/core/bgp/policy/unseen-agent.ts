import type { Asn } from '../packet/asn.ts';
import type { Denial } from './denial.ts';
import { coversCapability } from './match.ts';
import type { Chain, Match, PolicyContext } from './policy.ts';

/** The certain facts about an agent of which only its capability was told. */
export interface UnseenAgent {
  readonly capability: string;
  readonly neighbor: PolicyContext['neighbor'];
  /** ASes that its path certainly crosses. */
  readonly crosses: readonly Asn[];
}

type Answer = 'never' | 'maybe' | 'always';

/**
 * Returns the first place of a chain that could reject an agent which nobody has described, or undefined if the chain accepts
 * every such agent (RFC 4271 §9.1.1). A statement that changes attributes never ends the search by itself, because
 * what follows sees other attributes than were announced.
 */
export function objectionToUnseen(chain: Chain, unseen: UnseenAgent): Denial | undefined {
  for (const [index, { match, action, name, continue: goesOn }] of chain.statements.entries()) {
    const answer = matches(match, unseen);
    if (answer === 'never') continue;
    if (action === 'reject') return { place: `${chain.direction}[${index}]`, name };
    if (answer === 'always' && !goesOn) return undefined;
  }
  if (chain.otherwise === 'accept') return undefined;
  return { place: `${chain.direction}.default`, name: undefined };
}

function matches(match: Match, { capability, neighbor, crosses }: UnseenAgent): Answer {
  const { families, peers, capabilities = [], asPathAll = [] } = match;
  if (families?.includes('agent') === false) return 'never';
  if (peers !== undefined && !peers.includes(neighbor.asn) && !peers.includes(neighbor.name)) return 'never';
  const isCertain =
    capabilities.every((wanted) => coversCapability(wanted, capability)) &&
    asPathAll.every((asn) => crosses.includes(asn)) &&
    UNKNOWN.every((condition) => match[condition] === undefined);
  return isCertain ? 'always' : 'maybe';
}

/** Conditions on what only the agent's own route says. */
const UNKNOWN = [
  'agentPrefixes',
  'communities',
  'performance',
  'originFrom',
  'originNotFrom',
] as const satisfies readonly (keyof Match)[];
