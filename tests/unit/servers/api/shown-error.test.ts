import { expect, it } from 'vitest';
import { shownErrors } from '../../../../src/servers/api/shown-error.ts';
import { SecretMask } from '../../../../src/base/telemetry/secret-mask.ts';

it('a shown error contains no part of a configured secret, wherever the text is truncated', () => {
  const secret = 'correct-horse-battery';
  const words = shownErrors(new SecretMask([secret]).text);
  for (let before = 470; before <= 500; before += 1) {
    expect(words({ message: `${'.'.repeat(before)}${secret}` })).not.toContain('cor');
  }
});
