import { MESSAGE_SHAPE, parseJson, UnreadableJson } from '../../base/bodies/parse-json.ts';

/** What a router has sent, as parsed JSON, or an {@link UnreadableJson} that says why it is not read. */
export function readMessage(text: string | Uint8Array): unknown {
  try {
    return parseJson(text, MESSAGE_SHAPE);
  } catch (error) {
    if (error instanceof UnreadableJson) return error;
    throw error;
  }
}
