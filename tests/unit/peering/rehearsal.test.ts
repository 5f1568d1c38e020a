import { expect, it, onTestFinished, vi } from 'vitest';
import { Rehearsal } from '../../../src/peering/rehearsal.ts';
import { webSocketPair } from '../../../src/peering/web-socket-pair.ts';

vi.mock(import('../../../src/peering/web-socket-pair.ts'), { spy: true });

it('leads a route from one end to the other and back', async () => {
  const rehearsal = new Rehearsal();
  onTestFinished(() => rehearsal.stop());
  rehearsal.start();
  await vi.waitUntil(() => rehearsal.isOver, { timeout: 10_000 });
});

it('ends when its routers cannot be joined, and dials no more', async () => {
  vi.useFakeTimers();
  onTestFinished(() => {
    vi.useRealTimers();
  });
  vi.mocked(webSocketPair).mockReset().mockRejectedValue(new Error('no such thing'));
  const rehearsal = new Rehearsal();
  onTestFinished(() => rehearsal.stop());
  rehearsal.start();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(vi.mocked(webSocketPair)).toHaveBeenCalledTimes(2);
  expect(vi.getTimerCount()).toBe(0);
});
