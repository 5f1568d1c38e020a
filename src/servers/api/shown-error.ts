import { saidIn } from './refusal.ts';
import { shownOver } from './shown-text.ts';

/** Returns a function that reduces a server's error to the text that others may see. */
export function shownErrors(mask: (text: string) => string): (error: unknown) => string {
  const shown = shownOver(mask);
  return (error) => shown(saidIn(error));
}
