import { isAsn } from './asn.ts';
import { MAX_UINT32, NEXT_HOP_FORM } from './attributes.ts';
import { isCommunity } from './community.ts';
import { MAX_LIST_LENGTH, MAX_TIME_MS, MAX_URL_LENGTH } from './limits.ts';
import { capabilityPath } from './nlri.ts';
import { isRouterId } from './router-id.ts';
import type { WireAttributes } from './wire.ts';
import { isRecord } from './wire-decoded.ts';

type Check = (value: unknown) => boolean;

/**
 * The check of each attribute's value (RFC 4271 §5, §6.3): the published schema in plain functions, because a router
 * reads an attribute set with every UPDATE, and reading it by the schema was half of what an UPDATE cost.
 */
const CHECKS: ReadonlyMap<string, Check> = new Map(
  Object.entries({
    asPath: isAsPath,
    nextHop: isNextHop,
    localPref: isUint32,
    med: isUint32,
    communities: isListOf(isCommunity),
    capabilities: isListOf(isCapabilityPath),
    performance: isPerformance,
    originTime: isTime,
    originatorId: isRouterId,
    clusterList: isListOf(isRouterId),
    aggregate: (value: unknown) => value === true,
  } satisfies Record<keyof WireAttributes, Check>),
);

const REQUIRED: readonly string[] = ['asPath', 'originTime'] satisfies readonly (keyof WireAttributes)[];

/** Begins the name of an attribute that is passed on by who does not know it (RFC 4271 §5). */
export const TRANSITIVE_MARK = '+';

/** Begins the name of an attribute that is dropped by who does not know it (RFC 4271 §5). */
export const NON_TRANSITIVE_MARK = '?';

/** Returns the fault of an attribute set: one that is missing, malformed, or neither known nor marked as optional (RFC 4271 §6.3). */
export function attributesFault(json: Record<string, unknown>): string | undefined {
  for (const name of REQUIRED) if (json[name] === undefined) return `${name} is missing`;
  for (const name in json) {
    if (name.startsWith(TRANSITIVE_MARK) || name.startsWith(NON_TRANSITIVE_MARK)) continue;
    const isWellFormed = CHECKS.get(name);
    if (isWellFormed === undefined) return `${name} is neither known nor marked as optional`;
    if (!isWellFormed(json[name])) return `${name} is malformed`;
  }
  return undefined;
}

/** True for an AS path within the limits; the ASes of sets count towards the length. */
function isAsPath(value: unknown): boolean {
  if (!Array.isArray(value) || value.length > MAX_LIST_LENGTH) return false;
  let length = 0;
  for (const hop of value as unknown[]) {
    if (Array.isArray(hop) ? hop.length === 0 || !hop.every(isAsn) : !isAsn(hop)) return false;
    length += Array.isArray(hop) ? hop.length : 1;
  }
  return length <= MAX_LIST_LENGTH;
}

/** Checks a list. The length comes first, so that a million entries are refused before one of them is looked at. */
function isListOf(check: Check): Check {
  return (value) => Array.isArray(value) && value.length <= MAX_LIST_LENGTH && value.every(check);
}

function isNextHop(value: unknown): boolean {
  return typeof value === 'string' && value.length <= MAX_URL_LENGTH && NEXT_HOP_FORM.test(value);
}

function isUint32(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_UINT32;
}

function isCapabilityPath(value: unknown): boolean {
  return typeof value === 'string' && capabilityPath(value) === value;
}

function isPerformance(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { responseTimeMs, successRate, ...others } = value;
  return isWithin(responseTimeMs, Infinity) && isWithin(successRate, 1) && Object.keys(others).length === 0;
}

function isWithin(value: unknown, most: number): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 && value <= most;
}

function isTime(value: unknown): boolean {
  return Number.isInteger(value) && isWithin(value, MAX_TIME_MS);
}
