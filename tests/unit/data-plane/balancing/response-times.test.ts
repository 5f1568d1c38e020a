import { expect, it } from 'vitest';
import { ResponseTimes } from '../../../../src/data-plane/balancing/response-times.ts';

const HOP = 'http://a:4111';

function took(times: ResponseTimes, all: readonly number[], nextHop = HOP, agent = 'agent'): void {
  for (const ms of all) times.took(nextHop, agent, ms);
}

const oneTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

it('does not know what is usual before twenty calls, and then leaves one in twenty out', () => {
  const times = new ResponseTimes();
  took(times, oneTo(19));
  expect(times.usualMs(HOP, 'agent')).toBeUndefined();
  took(times, [1_000]);
  expect(times.usualMs(HOP, 'agent')).toBe(19);
});

it('goes by the newest hundred', () => {
  const times = new ResponseTimes();
  took(
    times,
    Array.from({ length: 500 }, () => 9_000),
  );
  took(times, oneTo(100));
  expect(times.usualMs(HOP, 'agent')).toBe(95);
});

it('knows every agent at every next hop by itself', () => {
  const times = new ResponseTimes();
  took(times, oneTo(20));
  expect(times.usualMs(HOP, 'other')).toBeUndefined();
  expect(times.usualMs('http://b:4111', 'agent')).toBeUndefined();
});

it('forgets what was not called for longest', () => {
  const times = new ResponseTimes();
  took(times, oneTo(20));
  for (let other = 0; other < 1_000; other += 1) took(times, [1], `http://other${other}`);
  expect(times.usualMs(HOP, 'agent')).toBeUndefined();
});
