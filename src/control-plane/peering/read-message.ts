import { MESSAGE_SHAPE, parseJson, UnreadableJson } from '../../base/bodies/parse-json.ts';

/** Parses the JSON that a router has sent. Returns an {@link UnreadableJson} with the reason if it cannot be read. */
export function readMessage(text: string | Uint8Array): unknown {
  try {
    return parseJson(text, MESSAGE_SHAPE);
  } catch (error) {
    if (error instanceof UnreadableJson) return error;
    throw error;
  }
}
