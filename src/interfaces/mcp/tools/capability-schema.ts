import * as z from 'zod';
import { capabilityPath } from '../../../core/bgp/packet/nlri.ts';

/** Schema of a capability; yields its canonical form. */
export const capabilitySchema = z.string().transform((text, context) => {
  const path = capabilityPath(text);
  if (path !== undefined) return path;
  context.addIssue('must be a capability path such as coding/typescript');
  return z.NEVER;
});
