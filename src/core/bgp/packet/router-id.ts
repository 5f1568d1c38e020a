/** A router's identifier: a dotted quad, unique within its AS (RFC 6286 §2.1). */
export type RouterId = string;

const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const dottedQuad = new RegExp(`^${octet}(?:\\.${octet}){3}$`);

/** True if a value is a router identifier: a dotted quad other than 0.0.0.0 (RFC 6286 §2.1). */
export function isRouterId(value: unknown): value is RouterId {
  return typeof value === 'string' && value !== '0.0.0.0' && dottedQuad.test(value);
}

/** Compares two router identifiers as unsigned integers: negative when `a` is the lower (RFC 4271 §6.8). */
export function compareRouterIds(a: RouterId, b: RouterId): number {
  return toInteger(a) - toInteger(b);
}

function toInteger(id: RouterId): number {
  return id.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}
