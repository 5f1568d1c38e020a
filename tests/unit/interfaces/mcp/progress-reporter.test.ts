import type { ServerNotification } from '@modelcontextprotocol/sdk/types.js';
import { expect, it } from 'vitest';
import { progressReporter } from '../../../../src/interfaces/mcp/progress-reporter.ts';

it('numbers the notifications of a call and includes optional messages', async () => {
  const sent: ServerNotification[] = [];
  const report = progressReporter('token', (notification) => {
    sent.push(notification);
    return Promise.resolve();
  });
  report('one');
  report();
  expect(sent.map(({ params }) => params)).toEqual([
    { progressToken: 'token', progress: 1, message: 'one' },
    { progressToken: 'token', progress: 2 },
  ]);
  await Promise.resolve();
});

it('drops notifications while a client does not read, and resumes when it does', async () => {
  const unread: (() => void)[] = [];
  const report = progressReporter(7, () => new Promise((resolve) => unread.push(resolve)));
  for (let chunk = 0; chunk < 1_000; chunk += 1) report('text');
  expect(unread).toHaveLength(256);
  for (const read of unread) read();
  await new Promise((resolve) => setImmediate(resolve));
  report('text');
  expect(unread).toHaveLength(257);
});
