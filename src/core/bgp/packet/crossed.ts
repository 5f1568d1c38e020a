import { isAsn, type Asn } from './asn.ts';
import { isRouterId, type RouterId } from './router-id.ts';

/** A router that a call has crossed. The same router id in another AS is another router (RFC 6286 §2.1). */
export interface Crossed {
  readonly asn: Asn;
  readonly routerId: RouterId;
}

/** The most routers that a call names: with 16 hops and 4 attempts it crosses no more. */
export const MAX_CROSSED = 64;

/** Writes a router as calls and refusals name it. */
export function crossedText({ asn, routerId }: Crossed): string {
  return `${asn}/${routerId}`;
}

/** Reads {@link crossedText}; undefined for anything else. */
export function parseCrossed(text: unknown): Crossed | undefined {
  if (typeof text !== 'string') return undefined;
  const [asn = '', routerId, ...rest] = text.split('/');
  if (!isAsn(Number(asn)) || !isRouterId(routerId) || rest.length > 0) return undefined;
  return { asn: Number(asn), routerId };
}

/** Reads the routers that a refusal names; an entry that names none is left out, and a list that is too long is cut. */
export function parseCrossedList(list: unknown): readonly Crossed[] {
  if (!Array.isArray(list)) return [];
  return list.slice(0, MAX_CROSSED).flatMap((item: unknown) => parseCrossed(item) ?? []);
}

/** True if a router is among those crossed (RFC 6286 §2.1). */
export function isAmong(crossed: readonly Crossed[], { asn, routerId }: Crossed): boolean {
  return crossed.some((router) => router.asn === asn && router.routerId === routerId);
}

/** Returns both lists as one, each router once, no longer than {@link MAX_CROSSED}. */
export function joined(crossed: readonly Crossed[], more: readonly Crossed[]): readonly Crossed[] {
  const all = [...crossed];
  for (const { asn, routerId } of more) if (!isAmong(all, { asn, routerId })) all.push({ asn, routerId });
  return all.slice(0, MAX_CROSSED);
}
