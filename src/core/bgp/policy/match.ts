import { pathContains } from '../packet/as-path.ts';
import type { Asn } from '../packet/asn.ts';
import type { PathAttributes } from '../packet/attributes.ts';
import { familyOf, idOf, type Nlri } from '../packet/nlri.ts';
import { globMatches, isLiteral } from './glob.ts';
import type { Match, PolicyContext, Statement } from './policy.ts';

/** True if a route, on its way from or to a neighbour, meets a condition. */
export type Condition = (attributes: PathAttributes, context: PolicyContext) => boolean;

/** Prepares the match of a statement: all conditions that it names must hold (RFC 4271 §9.1.1). */
export function compileMatch({ match, action }: Statement): Condition {
  const conditions = [
    match.families && families(match.families),
    match.peers && peers(match.peers),
    match.performance && performance(match.performance),
    match.communities && communities(match.communities),
    match.asPathAll && asPathAll(match.asPathAll),
    (match.originFrom ?? match.originNotFrom) && origin(match, action === 'reject'),
    match.capabilities && capabilities(match.capabilities),
    match.agentPrefixes && agentPrefixes(match.agentPrefixes),
  ].filter((condition) => condition !== undefined);
  return (attributes, context) => {
    for (const condition of conditions) if (!condition(attributes, context)) return false;
    return true;
  };
}

/** True if a capability route or an agent's capability lies at or below the capability that is asked for. */
export function coversCapability(wanted: string, path: string): boolean {
  return path.startsWith(wanted) && (path.length === wanted.length || path[wanted.length] === '/');
}

function families(wanted: NonNullable<Match['families']>): Condition {
  return (_attributes, { nlri }) => wanted.includes(familyOf(nlri));
}

function peers(wanted: NonNullable<Match['peers']>): Condition {
  const set = new Set(wanted);
  return (_attributes, { neighbor }) => set.has(neighbor.asn) || set.has(neighbor.name);
}

function performance({ maxResponseTimeMs, minSuccessRate }: NonNullable<Match['performance']>): Condition {
  return ({ performance: measured }) =>
    measured !== undefined &&
    (maxResponseTimeMs === undefined || measured.responseTimeMs <= maxResponseTimeMs) &&
    (minSuccessRate === undefined || measured.successRate >= minSuccessRate);
}

function communities(wanted: NonNullable<Match['communities']>): Condition {
  const set = new Set(wanted);
  return ({ communities: present }) => {
    for (const community of present) if (set.has(community)) return true;
    return false;
  };
}

function asPathAll(wanted: readonly Asn[]): Condition {
  return ({ asPath }) => {
    for (const asn of wanted) if (!pathContains(asPath, asn)) return false;
    return true;
  };
}

/**
 * Returns the condition on the origin AS. An AS_SET at the origin stands for each of its members: a rejecting statement catches
 * the route when one of them would be caught, any other statement only when all of them would be, so that nobody evades a
 * rejection, or earns an acceptance, by hiding in a set (RFC 9774 §3 drops such routes; aggregates need them here). A route
 * that has no origin AS, being our own, is from none.
 */
function origin({ originFrom, originNotFrom }: Match, rejecting: boolean): Condition {
  const from = originFrom && new Set(originFrom);
  const notFrom = new Set(originNotFrom);
  const caught = (asn: Asn): boolean => (from?.has(asn) ?? true) && !notFrom.has(asn);
  return ({ asPath }) => {
    const last = asPath.at(-1);
    if (last === undefined) return from === undefined;
    if (typeof last === 'number') return caught(last);
    return rejecting ? last.some(caught) : last.every(caught);
  };
}

/** Matches capabilities. A capability route has the capability that it leads to, whatever its attributes say. */
function capabilities(wanted: readonly string[]): Condition {
  return ({ capabilities: present }, { nlri }) => {
    for (const capability of wanted)
      if (!leadsTo(nlri, capability) && !hasCapability(present, capability)) return false;
    return true;
  };
}

function leadsTo(nlri: Nlri, capability: string): boolean {
  return familyOf(nlri) === 'capability' && coversCapability(capability, idOf(nlri));
}

function hasCapability(present: readonly string[], capability: string): boolean {
  for (const path of present) if (coversCapability(capability, path)) return true;
  return false;
}

function agentPrefixes(wanted: readonly string[]): Condition {
  const literals = new Set(wanted.filter(isLiteral));
  const globs = wanted.filter((glob) => !isLiteral(glob));
  return (_attributes, { nlri }) => {
    const id = idOf(nlri);
    if (literals.has(id)) return true;
    for (const glob of globs) if (globMatches(glob, id)) return true;
    return false;
  };
}
