import { decodeMessage } from '../../core/bgp/packet/wire-decode.ts';
import { refuse, type Decoded } from '../../core/bgp/packet/wire-decoded.ts';
import { encodeMessage } from '../../core/bgp/packet/wire-encode.ts';
import type { Message } from '../../core/bgp/packet/message.ts';
import { UnreadableJson } from '../../base/bodies/parse-json.ts';
import { hashLife } from '../speaker/draw-life.ts';

/** Largest accepted message, in bytes. It has room for a full UPDATE with the longest labels. */
export const MAX_MESSAGE_BYTES = 8 * 1024 * 1024;

/** Returns the text of a message. */
export function encodeJson(message: Message): string {
  return JSON.stringify(encodeMessage(message));
}

/** Decodes a message from parsed JSON. Refuses an {@link UnreadableJson} in its place. */
export function decodeJson(json: unknown): Decoded {
  if (json instanceof UnreadableJson) return refuse('bad-message-type', `the message ${json.message}`);
  return decodeMessage(json, hashLife);
}

/** Refuses a message of more than {@link MAX_MESSAGE_BYTES}, which is not read. */
export function decodeTooLarge(): Decoded {
  return refuse('bad-message-length', `a message of more than ${MAX_MESSAGE_BYTES} bytes`);
}
