import { expect, it, onTestFinished, vi } from 'vitest';
import { WarmUp } from '../../../../src/control-plane/peering/warm-up.ts';
import { webSocketPair } from '../../../../src/control-plane/peering/web-socket-pair.ts';

vi.mock(import('../../../../src/control-plane/peering/web-socket-pair.ts'), { spy: true });

it('sends a route from one end to the other and withdraws it', async () => {
  const warmUp = new WarmUp();
  onTestFinished(() => warmUp.stop());
  warmUp.start();
  await vi.waitUntil(() => warmUp.isOver, { timeout: 10_000 });
});

it('ends when its routers cannot be joined, and does not dial again', async () => {
  vi.useFakeTimers();
  onTestFinished(() => {
    vi.useRealTimers();
  });
  vi.mocked(webSocketPair).mockReset().mockRejectedValue(new Error('no such thing'));
  const warmUp = new WarmUp();
  onTestFinished(() => warmUp.stop());
  warmUp.start();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(vi.mocked(webSocketPair)).toHaveBeenCalledTimes(2);
  expect(vi.getTimerCount()).toBe(0);
});
