import { cleanText } from '../../core/bgp/packet/clean-text.ts';

/** Maximum length of a finish reason. */
const MAX_REASON_LENGTH = 64;

/** Maximum length of a tool's name. */
const MAX_TOOL_NAME_LENGTH = 128;

/** Maximum number of tool calls in one reply. */
export const MAX_TOOL_CALLS = 64;

/** Cleans the finish reason that a server reports. */
export function shownReason(reason: string): string {
  return cleanText(reason, MAX_REASON_LENGTH);
}

/** Cleans the name of a tool that an agent has called. */
export function shownTool(name: string): string {
  return cleanText(name, MAX_TOOL_NAME_LENGTH);
}
