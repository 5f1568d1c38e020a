import { hash, randomBytes } from 'node:crypto';
import type { Draw } from '../../core/bgp/state/event.ts';
import type { Life, Secret } from '../../core/bgp/packet/life.ts';
import { familyOf, idOf, type Nlri } from '../../core/bgp/packet/nlri.ts';

const SECRET_BYTES = 16;

/** The life that a secret stands for, together with what it was drawn for. */
export function hashLife(nlri: Nlri, secret: Secret): Life {
  // A zero byte stands in no id, so that no two triples are hashed alike.
  return hash('sha256', `${secret}\0${familyOf(nlri)}\0${idOf(nlri)}`, 'base64url');
}

/** A life that nobody else can end. */
export function drawLife(nlri: Nlri): Draw {
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  return { nlri, secret, life: hashLife(nlri, secret) };
}
