import { describe, expect, it } from 'vitest';
import { run } from './run.ts';

describe('the commands that look at a running router', () => {
  it.each([['routes'], ['peers'], ['status'], ['explain', 'weather'], ['trace', 'weather']])(
    '%s says where it looked when no router answers',
    async (...argv) => {
      const { outcome, out, err } = await run(...argv, '--url', 'http://127.0.0.1:9');
      expect(outcome).toEqual({ type: 'exit', code: 1 });
      expect(out).toBe('');
      expect(err).toMatch(/^No router answers at http:\/\/127\.0\.0\.1:9 \(.*\)\. Start one with BGP_ASN/);
    },
  );

  it.each([['explain'], ['trace']])('%s needs an agent', async (command) => {
    expect(await run(command)).toMatchObject({ outcome: { code: 64 }, out: '' });
  });
});
