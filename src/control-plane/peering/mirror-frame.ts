import { z } from 'zod';
import type { WireMessage } from '../../core/bgp/packet/wire.ts';

/** A message of a peer on its way from the copy that has the session to another one; without a message, the session is lost. */
export interface MirrorFrame {
  readonly peer: string;
  readonly message?: WireMessage;
}

/** The envelope alone: the message in it is read like any other of a peer. */
export const mirrorFrame = z.object({ peer: z.string(), message: z.looseObject({ type: z.string() }).optional() });
