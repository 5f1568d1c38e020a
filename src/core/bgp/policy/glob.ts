/**
 * True if an agent id or capability path matches a glob: `*` stands for any run of characters, `/` included, and `?` for
 * one character; all else stands for itself. Ids come from strangers, so the time is bounded by the product of both
 * lengths, which no translation into a regular expression gives.
 */
export function globMatches(glob: string, id: string): boolean {
  let g = 0;
  let i = 0;
  // The latest star, and where in the id what follows the star is tried: an earlier star never needs another try.
  let star = -1;
  let retry = 0;
  while (i < id.length) {
    if (glob[g] === '*') {
      star = g++;
      retry = i;
    } else if (glob[g] === '?') {
      g++;
      i += widthAt(id, i);
    } else if (glob[g] === id[i]) {
      g++;
      i++;
    } else if (star >= 0) {
      retry += widthAt(id, retry);
      i = retry;
      g = star + 1;
    } else {
      return false;
    }
  }
  while (glob[g] === '*') g++;
  return g === glob.length;
}

/** Returns the reason why a text is no glob for agent ids and capability paths, or undefined when it is one. */
export function globFault(glob: string): string | undefined {
  if (glob === '') return 'is empty';
  if (glob.startsWith('~'))
    return "begins with '~': write a capability path without it, and limit 'families' if need be";
  const foreign = /^!|[[\]{}]/.exec(glob)?.[0];
  if (foreign !== undefined)
    return `holds '${foreign}', but only '*' and '?' have a meaning: write one glob per alternative`;
  return undefined;
}

/** True if a glob names exactly one id. */
export function isLiteral(glob: string): boolean {
  return !/[*?]/.test(glob);
}

/** Returns the length of the character at an index, in UTF-16 units. */
function widthAt(text: string, index: number): number {
  return Number(text.codePointAt(index)) > 0xffff ? 2 : 1;
}
