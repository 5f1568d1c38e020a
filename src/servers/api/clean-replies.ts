import type { Cleaner } from '../../data-plane/forwarding/cleaner.ts';
import type { SecretMask } from '../../base/telemetry/secret-mask.ts';
import { ReplyCleaner } from './reply-cleaner.ts';
import { shownErrors } from './shown-error.ts';
import { StreamCleaner } from './stream-cleaner.ts';

/** Returns the cleaner of all replies that are forwarded. */
export function cleanReplies(mask: SecretMask): Cleaner {
  const replies = new ReplyCleaner(shownErrors(mask.text), mask);
  return { text: (json) => replies.text(json), stream: () => new StreamCleaner(replies) };
}
