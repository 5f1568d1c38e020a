import { MAX_DESCRIPTION_LENGTH, MAX_NAME_LENGTH } from './limits.ts';
import type { Label } from './message.ts';

/** What a stranger says of an agent, made safe to show: one line, no invisible or direction characters, cut to length. */
export function cleanLabel(name: string, description: string): Label {
  return { name: cleanText(name, MAX_NAME_LENGTH), description: cleanText(description, MAX_DESCRIPTION_LENGTH) };
}

/** Text of a stranger, cut to a length in UTF-16 units and freed of what could mislead who reads it. */
export function cleanText(text: string, maxLength: number): string {
  const cut = text.length > maxLength ? copied(text.slice(0, maxLength)) : text;
  if (/^[\x20-\x7e]*$/.test(cut)) return cut;
  // Joiners stay: words of several scripts are spelled with them. Tags, direction marks and the like go.
  return cut.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').replace(/(?![\u200c\u200d])[\p{Cf}\p{Cs}]/gu, '');
}

/** A part of a text keeps the whole text in memory, however long it is, until it is copied. */
function copied(part: string): string {
  return JSON.parse(JSON.stringify(part)) as string;
}
