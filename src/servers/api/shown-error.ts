import { saidIn } from './refusal.ts';
import { shownOver } from './shown-text.ts';

/** Returns a function that makes of a server's error the words that others may be shown. */
export function shownErrors(mask: (text: string) => string): (error: unknown) => string {
  const shown = shownOver(mask);
  return (error) => shown(saidIn(error));
}
