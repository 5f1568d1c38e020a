import { hash, randomBytes } from 'node:crypto';
import type { Draw } from '../../core/bgp/state/event.ts';
import type { Life, Secret } from '../../core/bgp/packet/life.ts';
import { familyOf, idOf, type Nlri } from '../../core/bgp/packet/nlri.ts';

const SECRET_BYTES = 16;

/** Returns the life of an NLRI, a hash of its secret, family and id. */
export function hashLife(nlri: Nlri, secret: Secret): Life {
  // No id contains a zero byte, so different triples never give the same input.
  return hash('sha256', `${secret}\0${familyOf(nlri)}\0${idOf(nlri)}`, 'base64url');
}

/** Draws a life for an NLRI. Only the holder of the secret can prove that the life has ended. */
export function drawLife(nlri: Nlri): Draw {
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  return { nlri, secret, life: hashLife(nlri, secret) };
}
