/** An autonomous system number: the organisation or deployment behind one routing policy (RFC 6793 §3). */
export type Asn = number;

/** The largest ASN that may name an AS; 4294967295 is reserved (RFC 7300 §2). */
export const MAX_ASN = 4_294_967_294;

/** True if a value may name an AS: an integer from 1 to 4294967294; 0 is reserved (RFC 7607 §2). */
export function isAsn(value: unknown): value is Asn {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX_ASN;
}
