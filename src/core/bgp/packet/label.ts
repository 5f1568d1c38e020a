import { cleanText } from './clean-text.ts';
import { MAX_DESCRIPTION_LENGTH, MAX_NAME_LENGTH } from './limits.ts';
import type { Label } from './message.ts';

/** Makes what a stranger says of an agent safe to show, each part cut to its length. */
export function cleanLabel(name: string, description: string): Label {
  return { name: cleanText(name, MAX_NAME_LENGTH), description: cleanText(description, MAX_DESCRIPTION_LENGTH) };
}
