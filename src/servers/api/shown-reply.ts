import { cleanText } from '../../core/bgp/packet/clean-text.ts';

/** The longest finish reason that is shown. */
const MAX_REASON_LENGTH = 64;

/** The longest name of a tool that is shown. */
const MAX_TOOL_NAME_LENGTH = 128;

/** How many tool calls of one reply are shown. */
export const MAX_TOOL_CALLS = 64;

/** Why an agent has finished, in its server's word. */
export function shownReason(reason: string): string {
  return cleanText(reason, MAX_REASON_LENGTH);
}

/** The name of a tool that an agent has called. */
export function shownTool(name: string): string {
  return cleanText(name, MAX_TOOL_NAME_LENGTH);
}
