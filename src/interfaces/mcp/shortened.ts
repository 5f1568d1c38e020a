import type { KeptText } from './kept-texts.ts';

/** The answer of an agent in a result. */
export interface Said {
  readonly text: string;
  readonly raw?: unknown;
  readonly [more: string]: unknown;
}

export interface Shortening {
  readonly agent: string;
  /** Maximum number of characters of one text in a result. */
  readonly maxLength: number;
  /** Stores a whole text and returns its URI; undefined if it is too long to be stored. */
  readonly keep: (text: Omit<KeptText, 'uri'>) => string | undefined;
}

/** Truncates texts that are too long. Each states its full length and the resource that holds the whole text. */
export function shortened(said: Said, { agent, maxLength, keep }: Shortening): Said {
  const { text } = said;
  const raw = said.raw === undefined ? '' : JSON.stringify(said.raw);
  if (text.length <= maxLength && raw.length <= maxLength) return said;
  const cut: Record<string, { readonly length: number; readonly uri?: string }> = {};
  const keptAs = (name: string, title: string, mimeType: string, whole: string): string => {
    const uri = keep({ title, mimeType, text: whole });
    cut[name] = { length: whole.length, ...(uri !== undefined && { uri }) };
    return uri === undefined ? 'It is too long to be kept.' : `The whole is resource ${uri} for half an hour.`;
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

/** Returns the beginning of a text without splitting a surrogate pair. */
function beginning(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}
