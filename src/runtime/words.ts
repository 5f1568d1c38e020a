import { saidIn } from '../agents/refusal.ts';
import { shownText } from '../agents/shown-text.ts';

/** What may be said to others of an error of a server. Secrets go before the text is cut: of half a one no mask knows. */
export function wordsOver(mask: (text: string) => string): (error: unknown) => string {
  return (error) => shownText(mask(saidIn(error)));
}
