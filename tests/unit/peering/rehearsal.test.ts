import { expect, it, onTestFinished, vi } from 'vitest';
import { Rehearsal } from '../../../src/peering/rehearsal.ts';

it('leads a hundred routes from one end to the other', async () => {
  const rehearsal = new Rehearsal();
  onTestFinished(() => rehearsal.stop());
  rehearsal.start();
  await vi.waitUntil(() => rehearsal.led === 100, { timeout: 10_000 });
});

it('ends at once when its router does', async () => {
  const rehearsal = new Rehearsal();
  rehearsal.start();
  await vi.waitUntil(() => rehearsal.led > 0);
  await rehearsal.stop();
  const led = rehearsal.led;
  await new Promise((resolve) => setImmediate(resolve));
  expect(rehearsal.led).toBe(led);
});
