import { z } from 'zod';
import type { WireMessage } from '../../core/bgp/packet/wire.ts';

/**
 * A message of a peer that the copy with the session relays to another copy. If there is no message, the session is
 * lost.
 */
export interface MirrorFrame {
  readonly peer: string;
  readonly message?: WireMessage;
}

/** Schema of the envelope. The message in it is decoded like any other message of a peer. */
export const mirrorFrame = z.object({ peer: z.string(), message: z.looseObject({ type: z.string() }).optional() });
