import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AgentChanges } from '../../../../src/control-plane/discovery/agent-changes.ts';
import {
  Discovery,
  type DiscoveryOptions,
  type ServerStatus,
} from '../../../../src/control-plane/discovery/discovery.ts';
import type { DiscoveredAgent, Listing, Source } from '../../../../src/control-plane/discovery/source.ts';
import { Failure } from '../../../../src/base/failure/failure.ts';

type Answer = Listing | Error | 'hang';

/** A source with the test's answers. */
class ScriptedSource implements Source {
  answer: Answer;
  asked = 0;
  signal: AbortSignal | undefined;

  constructor(answer: Answer) {
    this.answer = answer;
  }

  read(raw: object): Listing {
    if ('foreign' in raw) throw BROKEN;
    return listing(...Object.keys(raw));
  }

  list(signal: AbortSignal): Promise<Listing> {
    this.asked += 1;
    this.signal = signal;
    if (this.answer instanceof Error) return Promise.reject(this.answer);
    if (this.answer !== 'hang') return Promise.resolve(this.answer);
    return new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        reject(new Failure('TIMEOUT', 'It did not answer in time.', { blames: 'server', reached: 'maybe' }));
      });
    });
  }
}

const PACE = { intervalMs: 300_000, retries: 3, backoffMs: 300, maxBackoffMs: 5_000 };
const REFUSED = new Failure('SERVER_UNAVAILABLE', 'Connection refused.', { blames: 'server', reached: 'no' });
const BROKEN = new Failure('SERVER_UNAVAILABLE', 'It is broken.', { blames: 'server', reached: 'yes' });

let changes: [server: string, AgentChanges][];
let statuses: [server: string, ServerStatus][];
let discovery: Discovery | undefined;

beforeEach(() => {
  vi.useFakeTimers();
  changes = [];
  statuses = [];
});

afterEach(async () => {
  discovery?.stop();
  await vi.advanceTimersByTimeAsync(0);
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

function agent(id: string): DiscoveredAgent {
  return { id, name: id, description: '', capabilities: [], inferred: true, communities: [] };
}

function listing(...ids: string[]): Listing {
  return { agents: ids.map(agent), notes: [] };
}

function discover(sources: Record<string, Source>, options: Partial<DiscoveryOptions> = {}): Discovery {
  discovery = new Discovery(
    Object.entries(sources).map(([name, source]) => ({ name, source })),
    {
      pace: PACE,
      timeoutMs: 10_000,
      maxAgents: 1_000,
      random: () => 0.5,
      ...options,
    },
  );
  discovery.start({
    onAgents: (server, change) => changes.push([server, change]),
    onStatus: (server, status) => statuses.push([server, status]),
  });
  return discovery;
}

describe('discovery', () => {
  it('asks at once, then after every interval, and reports only changes', async () => {
    const source = new ScriptedSource(listing('a', 'b'));
    discover({ one: source });
    await vi.advanceTimersByTimeAsync(0);
    expect(changes).toEqual([['one', { added: [agent('a'), agent('b')], changed: [], withdrawn: [] }]]);
    expect(statuses).toEqual([['one', { status: 'online', notes: [] }]]);
    await vi.advanceTimersByTimeAsync(PACE.intervalMs);
    expect(source.asked).toBe(2);
    expect(changes).toHaveLength(1);
    source.answer = listing('b', 'c');
    await vi.advanceTimersByTimeAsync(PACE.intervalMs);
    expect(changes[1]).toEqual(['one', { added: [agent('c')], changed: [], withdrawn: ['a'] }]);
  });

  it('does not let a dead or slow server delay another', async () => {
    const dead = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`dead${i}`, new ScriptedSource('hang')]));
    discover({ ...dead, alive: new ScriptedSource(listing('a')) }, { concurrency: 4 });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(changes.map(([server]) => server)).toEqual(['alive']);
  });

  it('asks at most the allowed number of servers at once', async () => {
    const sources = Array.from({ length: 5 }, () => new ScriptedSource('hang'));
    discover(Object.fromEntries(sources.map((source, i) => [`s${i}`, source])), { concurrency: 2 });
    await vi.advanceTimersByTimeAsync(0);
    expect(sources.filter(({ asked }) => asked > 0)).toHaveLength(2);
  });

  it('withdraws the agents of a server at once when connections are refused', async () => {
    const source = new ScriptedSource(listing('a'));
    const running = discover({ one: source });
    await vi.advanceTimersByTimeAsync(0);
    source.answer = REFUSED;
    await running.refresh();
    expect(changes[1]).toEqual(['one', { added: [], changed: [], withdrawn: ['a'] }]);
    expect(statuses[1]).toEqual(['one', { status: 'error', error: 'Connection refused.' }]);
  });

  it('keeps the agents of a server after another failure until it fails again', async () => {
    const source = new ScriptedSource(listing('a'));
    const running = discover({ one: source });
    await vi.advanceTimersByTimeAsync(0);
    source.answer = BROKEN;
    await running.refresh();
    expect(changes).toHaveLength(1);
    expect(statuses[1]).toEqual(['one', { status: 'error', error: 'It is broken.' }]);
    await vi.advanceTimersByTimeAsync(300);
    expect(changes[1]).toEqual(['one', { added: [], changed: [], withdrawn: ['a'] }]);
  });

  it('forgets a single failure after the server has answered again', async () => {
    const source = new ScriptedSource(listing('a'));
    const running = discover({ one: source });
    await vi.advanceTimersByTimeAsync(0);
    for (const answer of [BROKEN, listing('a'), BROKEN]) {
      source.answer = answer;
      await running.refresh();
    }
    expect(changes).toHaveLength(1);
  });

  it('asks again soon after a failure, and brings the agents back', async () => {
    const source = new ScriptedSource(REFUSED);
    discover({ one: source });
    await vi.advanceTimersByTimeAsync(300 + 600);
    expect(source.asked).toBe(3);
    source.answer = listing('a');
    await vi.advanceTimersByTimeAsync(1_200);
    expect(changes).toEqual([['one', { added: [agent('a')], changed: [], withdrawn: [] }]]);
  });

  it('aborts a request that takes too long', async () => {
    const source = new ScriptedSource('hang');
    discover({ one: source });
    await vi.advanceTimersByTimeAsync(9_999);
    expect(statuses).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(statuses).toEqual([['one', { status: 'error', error: 'It did not answer in time.' }]]);
  });

  it('resolves the first answer of a server when it answers or fails, independently of others', async () => {
    const running = discover({
      answers: new ScriptedSource(listing('a')),
      fails: new ScriptedSource(REFUSED),
      hangs: new ScriptedSource('hang'),
    });
    await running.firstAnswer('answers');
    await running.firstAnswer('fails');
    await running.firstAnswer('unknown');
    expect(statuses.map(([server]) => server)).toEqual(['answers', 'fails']);
    const hanging = vi.fn();
    void running.firstAnswer('hangs').then(hanging);
    await vi.advanceTimersByTimeAsync(9_000);
    expect(hanging).not.toHaveBeenCalled();
    running.stop();
    await vi.advanceTimersByTimeAsync(0);
    expect(hanging).toHaveBeenCalled();
  });

  it('refreshes only one server, and joins a running request', async () => {
    const one = new ScriptedSource(listing('a'));
    const two = new ScriptedSource(listing('b'));
    const running = discover({ one, two });
    await vi.advanceTimersByTimeAsync(0);
    await Promise.all([running.refresh('one'), running.refresh('one'), running.refresh('unknown')]);
    expect([one.asked, two.asked]).toEqual([2, 1]);
  });

  it('counts the interval from the last answer, refreshed or not', async () => {
    const source = new ScriptedSource(listing('a'));
    const running = discover({ one: source });
    await vi.advanceTimersByTimeAsync(PACE.intervalMs - 1);
    await running.refresh();
    await vi.advanceTimersByTimeAsync(PACE.intervalMs - 1);
    expect(source.asked).toBe(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(source.asked).toBe(3);
  });

  it("uses at most the allowed number of a server's agents, and adds a note", async () => {
    discover({ one: new ScriptedSource(listing('a', 'b', 'c')) }, { maxAgents: 2 });
    await vi.advanceTimersByTimeAsync(0);
    expect(changes[0]?.[1].added.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(statuses[0]?.[1]).toMatchObject({ notes: [expect.stringMatching(/lists 3 agents.*first 2 are used/)] });
  });

  it('uses a listing that a probe has seen, without asking the server', async () => {
    const source = new ScriptedSource(listing('a', 'b'));
    const running = discover({ one: source });
    await vi.advanceTimersByTimeAsync(0);
    expect(running.seen('one', '{"b":{},"c":{}}')).toBe(true);
    expect(changes[1]).toEqual(['one', { added: [agent('c')], changed: [], withdrawn: ['a'] }]);
    expect(source.asked).toBe(1);
  });

  it('does not parse an unchanged listing again', async () => {
    const source = new ScriptedSource(listing('a'));
    const running = discover({ one: source });
    await vi.advanceTimersByTimeAsync(0);
    const read = vi.spyOn(source, 'read');
    for (let probe = 0; probe < 3; probe += 1) expect(running.seen('one', '{"a":{}}')).toBe(true);
    expect(read).toHaveBeenCalledTimes(1);
    expect(changes).toHaveLength(1);
  });

  it('notices that a server has returned to an earlier listing after a request', async () => {
    const source = new ScriptedSource(listing('a'));
    const running = discover({ one: source });
    await vi.advanceTimersByTimeAsync(0);
    running.seen('one', '{"a":{}}');
    for (const answer of [listing('b'), REFUSED]) {
      source.answer = answer;
      await running.refresh();
      changes = [];
      running.seen('one', '{"a":{}}');
      expect(changes[0]?.[1].added).toEqual([agent('a')]);
    }
  });

  it.each([
    ['not JSON', '<html>', false],
    ['text instead of an object', '"down for maintenance"', false],
    ['an object, but no listing', '{"foreign":{}}', true],
  ])('keeps the agents of a server when a probe sees %s', async (_, text, isObject) => {
    const running = discover({ one: new ScriptedSource(listing('a')) });
    await vi.advanceTimersByTimeAsync(0);
    for (let probe = 0; probe < 3; probe += 1) expect(running.seen('one', text)).toBe(isObject);
    expect(changes).toHaveLength(1);
    expect(statuses).toHaveLength(1);
  });

  it('counts a listing that a probe has seen as the first answer of a server', async () => {
    const running = discover({ one: new ScriptedSource('hang') });
    running.seen('one', '{"a":{}}');
    await running.firstAnswer('one');
    expect(statuses).toEqual([['one', { status: 'online', notes: [] }]]);
  });

  it('ends requests and timers when it is stopped, and reports no more results', async () => {
    const hanging = new ScriptedSource('hang');
    const running = discover({ hanging, fine: new ScriptedSource(listing('a')) });
    await vi.advanceTimersByTimeAsync(0);
    const told = changes.length + statuses.length;
    running.stop();
    expect(hanging.signal?.aborted).toBe(true);
    await vi.advanceTimersByTimeAsync(PACE.intervalMs * 2);
    expect(changes.length + statuses.length).toBe(told);
    expect(hanging.asked).toBe(1);
  });
});
