import { cleanText } from '../bgp/packet/clean-text.ts';
import { idOf } from '../bgp/packet/nlri.ts';
import type { LeftOut } from '../bgp/rib/left-out.ts';
import type { Speaker } from '../bgp/state.ts';

/** How many are named, and how many characters of each name. */
const MAX_NAMED = 5;
const MAX_SHOWN_LENGTH = 64;

/** Names the routes of our own that nobody is told of because they would say too much; undefined where there are none. */
export function leftOutNotice({ leftOut }: Speaker): string | undefined {
  if (leftOut.size === 0) return undefined;
  const named = [...leftOut.values()].slice(0, MAX_NAMED).map(sentence);
  const others = leftOut.size - named.length;
  return [...named, ...(others > 0 ? [`So are ${others} more.`] : [])].join(' ');
}

function sentence({ nlri, stub, excess }: LeftOut): string {
  const name = cleanText(idOf(nlri), MAX_SHOWN_LENGTH);
  return stub === undefined
    ? `The aggregate '${name}/*' is left out and its parts are announced, because together they have ${excess}.`
    : `The agent '${name}' of ${stub} is left out, because it has ${excess}.`;
}
