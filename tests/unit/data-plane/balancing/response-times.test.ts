import { expect, it } from 'vitest';
import { ResponseTimes } from '../../../../src/data-plane/balancing/response-times.ts';

const HOP = 'http://a:4111';

function took(times: ResponseTimes, all: readonly number[], nextHop = HOP, agent = 'agent'): void {
  for (const ms of all) times.took(nextHop, agent, ms);
}

const oneTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

it('returns no usual time before twenty calls, and then the 95th percentile', () => {
  const times = new ResponseTimes();
  took(times, oneTo(19));
  expect(times.usualMs(HOP, 'agent')).toBeUndefined();
  took(times, [1_000]);
  expect(times.usualMs(HOP, 'agent')).toBe(19);
});

it('uses the newest hundred calls', () => {
  const times = new ResponseTimes();
  took(
    times,
    Array.from({ length: 500 }, () => 9_000),
  );
  took(times, oneTo(100));
  expect(times.usualMs(HOP, 'agent')).toBe(95);
});

it('measures every agent at every next hop separately', () => {
  const times = new ResponseTimes();
  took(times, oneTo(20));
  expect(times.usualMs(HOP, 'other')).toBeUndefined();
  expect(times.usualMs('http://b:4111', 'agent')).toBeUndefined();
});

it('forgets the agent that was not called for longest', () => {
  const times = new ResponseTimes();
  took(times, oneTo(20));
  for (let other = 0; other < 1_000; other += 1) took(times, [1], `http://other${other}`);
  expect(times.usualMs(HOP, 'agent')).toBeUndefined();
});
