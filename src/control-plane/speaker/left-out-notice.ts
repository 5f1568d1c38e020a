import { cleanText } from '../../core/bgp/packet/clean-text.ts';
import { idOf } from '../../core/bgp/packet/nlri.ts';
import type { LeftOut } from '../../core/bgp/rib/left-out-routes.ts';
import type { Speaker } from '../../core/bgp/state/state.ts';

/** Limits on the number of names and the length of each. */
const MAX_NAMED = 5;
const MAX_SHOWN_LENGTH = 64;

/**
 * Returns a notice of our own routes that are not announced because their attributes exceed a limit, or undefined if
 * there are none.
 */
export function leftOutNotice({ leftOut }: Speaker): string | undefined {
  if (leftOut.size === 0) return undefined;
  const named = [...leftOut.values()].slice(0, MAX_NAMED).map(sentence);
  const others = leftOut.size - named.length;
  return [...named, ...(others > 0 ? [`Also left out: ${others} more.`] : [])].join(' ');
}

function sentence({ nlri, stub, excess }: LeftOut): string {
  const name = cleanText(idOf(nlri), MAX_SHOWN_LENGTH);
  return stub === undefined
    ? `The aggregate '${name}/*' is left out, because its parts together have ${excess}. The parts are announced instead.`
    : `The agent '${name}' of ${stub} is left out, because it has ${excess}.`;
}
