import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Deadline } from '../../../../src/data-plane/forwarding/deadline.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it('a deadline whose outer signal aborts clears its timer, even if it is not stopped', () => {
  const outer = new AbortController();
  const { signal } = new Deadline(outer.signal, 1_000);
  outer.abort(new Error('hung up'));
  expect(signal.reason).toEqual(new Error('hung up'));
  expect(vi.getTimerCount()).toBe(0);
});
