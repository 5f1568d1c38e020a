import { saidIn } from '../agents/refusal.ts';
import { shownOver } from '../agents/shown-text.ts';

/** What may be said to others of an error of a server. */
export function wordsOver(mask: (text: string) => string): (error: unknown) => string {
  const shown = shownOver(mask);
  return (error) => shown(saidIn(error));
}
