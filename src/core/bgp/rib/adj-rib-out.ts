import type { PathAttributes } from '../packet/attributes.ts';
import type { Life } from '../packet/life.ts';
import type { Label } from '../packet/message.ts';
import type { Nlri } from '../packet/nlri.ts';

/** The state of one NLRI as a peer was last told of it (RFC 4271 §3.2). */
export interface Advertised {
  readonly attributes: PathAttributes;
  readonly life: Life | undefined;
  readonly label: Label | undefined;
}

/** Everything that a peer was told and has not been told the end of (RFC 4271 §3.2). */
export type AdjRibOut = Map<Nlri, Advertised>;

/** True if an announcement would tell the peer nothing new. Attribute sets are interned, so that identity is equality. */
export function sameAdvertised(a: Advertised | undefined, b: Advertised | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.attributes === b.attributes && a.life === b.life && sameLabel(a.label, b.label);
}

function sameLabel(a: Label | undefined, b: Label | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.name === b.name && a.description === b.description && a.modelVersion === b.modelVersion;
}
