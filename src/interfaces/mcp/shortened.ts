import type { KeptText } from './kept-texts.ts';

/** What an agent said, for a result. */
export interface Said {
  readonly text: string;
  readonly raw?: unknown;
  readonly [more: string]: unknown;
}

export interface Shortening {
  readonly agent: string;
  /** How many characters of one text a result may hold. */
  readonly maxLength: number;
  /** Keeps a whole text and gives its URI; undefined where it is too long even for that. */
  readonly keep: (text: Omit<KeptText, 'uri'>) => string | undefined;
}

/** The same with texts that are too long cut, and a word in it about where the whole is. */
export function shortened(said: Said, { agent, maxLength, keep }: Shortening): Said {
  const { text } = said;
  const raw = said.raw === undefined ? '' : JSON.stringify(said.raw);
  if (text.length <= maxLength && raw.length <= maxLength) return said;
  const cut: Record<string, { readonly length: number; readonly uri?: string }> = {};
  const keptAs = (name: string, title: string, mimeType: string, whole: string): string => {
    const uri = keep({ title, mimeType, text: whole });
    cut[name] = { length: whole.length, ...(uri !== undefined && { uri }) };
    return uri === undefined ? 'It is too long to be kept.' : `All of it is the resource ${uri}, for half an hour.`;
  };
  return {
    ...said,
    ...(text.length > maxLength && {
      text: `${beginning(text, maxLength)}\n\n[Cut after ${maxLength} of ${text.length} characters. ${keptAs('text', `What ${agent} said`, 'text/plain', text)}]`,
    }),
    ...(raw.length > maxLength && {
      raw: `[${raw.length} characters. ${keptAs('raw', `The whole reply of ${agent}`, 'application/json', raw)}]`,
    }),
    cut,
  };
}

/** Never half a character. */
function beginning(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}
