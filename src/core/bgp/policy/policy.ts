import type { Asn } from '../packet/asn.ts';
import type { PathAttributes } from '../packet/attributes.ts';
import type { Community } from '../packet/community.ts';
import type { Family, Nlri } from '../packet/nlri.ts';
import type { Denial } from './denial.ts';

/** A routing policy after parsing: defaults filled in (RFC 4271 §9.1.1). */
export interface Policy {
  readonly import: Chain;
  readonly export: Chain;
  /** The order of the decision process; see {@link DEFAULT_DECISION}. */
  readonly decision: readonly DecisionStep[];
  /** The scope of MED: all neighbours, or one neighbour AS (RFC 4271 §9.1.2.2 c). */
  readonly compareMed: 'always' | 'same-neighbor';
  /** Communities that are taken off external routes besides those that always are. */
  readonly reservedCommunities: readonly Community[];
  /** Sets of origin ASes whose agents of one name count as one service. */
  readonly groups: readonly (readonly Asn[])[];
}

/** The statements of one direction: the first match ends it, unless the statement says `continue`. Compared by identity. */
export interface Chain {
  readonly direction: 'import' | 'export';
  readonly statements: readonly Statement[];
  /** The verdict on a route that no statement matches (RFC 8212 §1). */
  readonly otherwise: 'accept' | 'reject';
}

/** One rule of a policy. */
export interface Statement {
  readonly name: string | undefined;
  readonly match: Match;
  readonly action: 'accept' | 'reject' | 'modify';
  readonly set: Changes;
  readonly continue: boolean;
}

/** Conditions that must all hold; an absent one holds always. */
export interface Match {
  /** ASes that must all be on the path. */
  readonly asPathAll?: readonly Asn[];
  /** Origin AS must be one of these. */
  readonly originFrom?: readonly Asn[];
  /** Origin AS must be none of these. */
  readonly originNotFrom?: readonly Asn[];
  /** Capabilities that must all be there, as such or by one that lies below: `coding/typescript` is `coding` too. */
  readonly capabilities?: readonly string[];
  /** Communities of which one must be there. */
  readonly communities?: readonly Community[];
  /** Globs of which one must match the agent id or capability path; see glob.ts. */
  readonly agentPrefixes?: readonly string[];
  /** The bounds of measured performance; a route without measurements does not match. */
  readonly performance?: { readonly maxResponseTimeMs?: number; readonly minSuccessRate?: number };
  /** The peers, by ASN or name, from which the route comes or to which it goes. */
  readonly peers?: readonly (Asn | string)[];
  readonly families?: readonly Family[];
}

/** The changes of an accepting statement. Zero is a value. */
export interface Changes {
  readonly localPref?: number;
  readonly med?: number;
  /** None of them is among those that are removed. */
  readonly addCommunities?: readonly Community[];
  readonly removeCommunities?: readonly Community[];
  readonly weight?: number;
  readonly prependCount?: number;
}

/** A step of the decision process, by the name that a policy file uses (RFC 4271 §9.1.2.2). */
export type DecisionStep =
  | 'local-pref'
  | 'locally-originated'
  | 'as-path'
  | 'med'
  | 'external'
  | 'origin-time'
  | 'originator-id'
  | 'cluster-list'
  | 'peer-address';

/** The steps in their default order; eligibility comes before all of them (RFC 4271 §9.1.2.2). */
export const DEFAULT_DECISION: readonly DecisionStep[] = [
  'local-pref',
  'locally-originated',
  'as-path',
  'med',
  'external',
  'origin-time',
  'originator-id',
  'cluster-list',
  'peer-address',
];

/** The policy of a speaker that was given none: everything is accepted, nothing is changed (RFC 8212 §1, deviation). */
export const ACCEPT_ALL: Policy = {
  import: { direction: 'import', statements: [], otherwise: 'accept' },
  export: { direction: 'export', statements: [], otherwise: 'accept' },
  decision: DEFAULT_DECISION,
  compareMed: 'always',
  reservedCommunities: [],
  groups: [],
};

/** The input of a policy besides the attributes of the route. */
export interface PolicyContext {
  readonly nlri: Nlri;
  /** The neighbour that the route comes from or goes to: a peer, or a stub with its ASN and name. */
  readonly neighbor: { readonly asn: Asn; readonly name: string };
  /** The AS that an import prepends: the neighbour's; that an export prepends: the own. */
  readonly prependAsn: Asn;
}

/** The verdict of a policy on a route, and the statements that made it. */
export type PolicyVerdict =
  | {
      readonly accepted: true;
      readonly attributes: PathAttributes;
      readonly weight: number | undefined;
      readonly applied: readonly AppliedStatement[];
    }
  | Rejection;

/** The verdict on a route that is rejected, and the place that rejects it (RFC 4271 §9.1.1). */
export interface Rejection extends Denial {
  readonly accepted: false;
  /** A statement that matched, or the default for routes that no statement matches (RFC 8212 §1). */
  readonly by: 'statement' | 'default';
}

/** A statement that matched, and what it changed. */
export interface AppliedStatement {
  readonly place: string;
  readonly name: string | undefined;
  readonly changed: readonly (keyof Changes)[];
}
