import { it, onTestFinished, vi } from 'vitest';
import { Rehearsal } from '../../../src/peering/rehearsal.ts';

it('leads a route from one end to the other and back', async () => {
  const rehearsal = new Rehearsal();
  onTestFinished(() => rehearsal.stop());
  rehearsal.start();
  await vi.waitUntil(() => rehearsal.isOver, { timeout: 10_000 });
});
