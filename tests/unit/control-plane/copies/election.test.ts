import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Election, type Role } from '../../../../src/control-plane/copies/election.ts';
import type { Joining, Membership } from '../../../../src/control-plane/copies/membership.ts';

// Vitest cannot fake the timers of this module.
vi.mock(import('node:timers/promises'), async (original) => ({
  ...(await original()),
  setTimeout: ((ms: number, value: unknown, { signal }: { signal: AbortSignal }) =>
    new Promise((resolve, reject) => {
      const timer = globalThis.setTimeout(resolve, ms, value);
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        reject(signal.reason as Error);
      });
    })) as never,
}));

let election: Election;
let roles: Role[];
let takePort: ReturnType<typeof vi.fn<() => Promise<boolean>>>;
let join: ReturnType<typeof vi.fn<() => Promise<Joining>>>;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  roles = [];
  takePort = vi.fn(() => Promise.resolve(false));
  join = vi.fn(() => Promise.resolve<Joining>({ type: 'nobody' }));
  election = new Election();
});

afterEach(async () => {
  await election.stop();
  vi.useRealTimers();
});

const start = () => {
  election.start({ takePort, join, became: (role) => roles.push(role) });
};

/** A membership that ends when it is left or its owner is lost. */
function membership(): Membership & { readonly lose: () => void } {
  let lose = (): void => undefined;
  const lost = new Promise<void>((resolve) => {
    lose = resolve;
  });
  const leave = vi.fn(() => {
    lose();
  });
  return { ownerPid: 7, path: '/run/copy.sock', credentials: {}, lost, leave, lose };
}

const types = () => roles.map(({ type }) => type);

describe('a copy', () => {
  it('becomes the owner when it gets the port, and then stops checking', async () => {
    takePort.mockResolvedValue(true);
    start();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(types()).toEqual(['owner']);
    expect(election.role).toEqual({ type: 'owner' });
    expect([takePort.mock.calls.length, join.mock.calls.length]).toEqual([1, 0]);
  });

  it('follows the owner until it is lost, and then takes the port', async () => {
    const place = membership();
    join.mockResolvedValueOnce({ type: 'joined', membership: place });
    start();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(types()).toEqual(['follower']);
    takePort.mockResolvedValue(true);
    place.lose();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(types()).toEqual(['follower', 'undecided', 'owner']);
  });

  it('checks often while an owner starts or stops, and runs alone after three seconds without one', async () => {
    start();
    await vi.advanceTimersByTimeAsync(2_900);
    expect(types()).toEqual([]);
    expect(join.mock.calls.length).toBeGreaterThan(90);
    await vi.advanceTimersByTimeAsync(200);
    expect(roles).toEqual([{ type: 'alone', reason: 'a program that is not a copy of this one has the port' }]);
  });

  it('that runs alone checks every five seconds, and reports only new reasons', async () => {
    join.mockResolvedValue({ type: 'refused', reason: 'it has other settings' });
    start();
    await vi.advanceTimersByTimeAsync(14_000);
    expect(roles).toEqual([{ type: 'alone', reason: 'it has other settings' }]);
    expect(join).toHaveBeenCalledTimes(3);
    takePort.mockResolvedValue(true);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(types()).toEqual(['alone', 'owner']);
  });

  it('runs alone when the port is not available', async () => {
    takePort.mockRejectedValue(new Error('no permission'));
    start();
    await vi.advanceTimersByTimeAsync(100);
    expect(roles).toEqual([{ type: 'alone', reason: 'no permission' }]);
    expect(join).not.toHaveBeenCalled();
  });

  it('leaves the owner when it stops, and takes no further role', async () => {
    const place = membership();
    join.mockResolvedValue({ type: 'joined', membership: place });
    start();
    await vi.advanceTimersByTimeAsync(100);
    await election.stop();
    expect(place.leave).toHaveBeenCalled();
    expect(types()).toEqual(['follower']);
  });

  it('leaves at once if it stops while it joins', async () => {
    const place = membership();
    let joined = (_: Joining): void => undefined;
    join.mockReturnValue(
      new Promise((resolve) => {
        joined = resolve;
      }),
    );
    start();
    await vi.advanceTimersByTimeAsync(100);
    const stopped = election.stop();
    joined({ type: 'joined', membership: place });
    await stopped;
    expect(place.leave).toHaveBeenCalled();
    expect(types()).toEqual([]);
  });

  it('leaves no timer running', async () => {
    start();
    await vi.advanceTimersByTimeAsync(5_000);
    await election.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
