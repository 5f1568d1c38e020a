import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { CallRequest } from '../../../../src/data-plane/forwarding/call.ts';
import { BOTH, setting, type Answer } from './fixture.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const slow: Answer = () => new Promise((resolve) => setTimeout(resolve, 1_000, 'at last'));
const times = { usualMs: () => 100, took: () => undefined };

async function calledWith(request: Partial<CallRequest>): Promise<readonly string[]> {
  const { forward, called } = setting({ agents: BOTH, answers: { server0: slow }, times });
  const outcome = forward(request);
  await vi.advanceTimersByTimeAsync(1_000);
  await outcome;
  expect(vi.getTimerCount()).toBe(0);
  return called;
}

it('sends a call that may run twice to another copy when the first takes longer than usual', async () => {
  expect(await calledWith({ retry: 'always' })).toEqual(['http://server0:4111', 'http://server1:4111']);
});

it.each<Partial<CallRequest>>([
  {},
  { retry: 'unreached' },
  { retry: 'always', interactionType: 'stream' },
  { retry: 'always', threadId: 't', resourceId: 'r' },
  { retry: 'always', agentOptions: { memory: { thread: 't', resource: 'r' } } },
  { retry: 'always', targetAgentId: 'server0:weatherAgent' },
])('sends %j to only one copy', async (request) => {
  expect(await calledWith(request)).toEqual(['http://server0:4111']);
});

it('measures also calls that it would not hedge', async () => {
  const took = vi.fn();
  const { forward } = setting({ agents: BOTH, answers: { server0: slow }, times: { ...times, took } });
  const outcome = forward({});
  await vi.advanceTimersByTimeAsync(1_000);
  await outcome;
  expect(took.mock.calls).toEqual([['http://server0:4111', 'weatherAgent', 1_000]]);
});
