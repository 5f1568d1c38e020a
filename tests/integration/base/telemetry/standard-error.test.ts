import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);
const source = new URL('../../../../src/base/telemetry/', import.meta.url);

function script(body: string): Promise<{ stdout: string; stderr: string }> {
  return run(process.execPath, ['--input-type=module', '--eval', body], { cwd: source });
}

it('the log goes to standard error and is complete even if the process ends at once', async () => {
  const { stdout, stderr } = await script(`
    const { createLogger } = await import('${source.href}logger.ts');
    createLogger({ level: 'info' })({ event: 'shutdown', reason: 'test' });
    process.exit(0);
  `);
  expect(stdout).toBe('');
  expect(stderr).toContain('"reason":"test"');
});
