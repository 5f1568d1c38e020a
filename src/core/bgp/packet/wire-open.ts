import { fits } from './json-size.ts';
import { MAX_DEPTH, MAX_OPEN_SIZE } from './limits.ts';
import { FAMILIES } from './nlri.ts';
import type { NotificationName } from './notification.ts';
import { wireOpen, type WireMessage } from './wire.ts';
import { firstIssue, read, refuse, type Decoded } from './wire-decoded.ts';

const ERRORS: Readonly<Record<string, NotificationName>> = {
  version: 'unsupported-version',
  asn: 'bad-peer-as',
  routerId: 'bad-bgp-identifier',
  holdTimeSeconds: 'unacceptable-hold-time',
  capabilities: 'unsupported-capability',
};

/** Reads an OPEN; what is wrong with it is told in the order of its fields (RFC 4271 §6.2). */
export function decodeOpen(json: Record<string, unknown>): Decoded {
  if (!fits(json, MAX_OPEN_SIZE, MAX_DEPTH)) return refuse('bad-message-length', 'OPEN is too large');
  const { data, error } = wireOpen.safeParse(json);
  if (data !== undefined) return read(native(data));
  const [field] = error.issues.map(({ path }) => String(path[0]));
  return refuse(ERRORS[String(field)] ?? 'unsupported-optional-parameter', firstIssue(error));
}

/** Capabilities that are not named are not there; who names no family means agents, as BGP means IPv4 (RFC 4760 §8). */
function native({ capabilities = {}, ...open }: Extract<WireMessage, { type: 'open' }>) {
  const { families = ['agent'], routeRefresh, gracefulRestart, proofs, decision } = capabilities;
  return {
    ...open,
    capabilities: {
      families: FAMILIES.filter((family) => families.includes(family)),
      routeRefresh: routeRefresh ?? false,
      ...(gracefulRestart !== undefined && { gracefulRestart }),
      proofs: proofs ?? false,
      decision: decision ?? '',
    },
  };
}
