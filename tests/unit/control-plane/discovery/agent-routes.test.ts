import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Event } from '../../../../src/core/bgp/state/event.ts';
import { AgentRoutes } from '../../../../src/control-plane/discovery/agent-routes.ts';
import type { AgentChanges } from '../../../../src/control-plane/discovery/agent-changes.ts';
import type { RouteHealth } from '../../../../src/control-plane/discovery/agent-origination.ts';
import type { DiscoveredAgent } from '../../../../src/control-plane/discovery/source.ts';
import type { LogEvent } from '../../../../src/base/telemetry/log-event.ts';

const START = 1_000;
const NO_CHANGES: AgentChanges = { added: [], changed: [], withdrawn: [] };
const ALPS = { name: 'alps', url: 'http://alps', asn: 65_001, description: '', capabilities: [], communities: [] };
const COAST = { ...ALPS, name: 'coast', url: 'http://coast', asn: 65_002, weight: 3 };

const agent = (id: string, ...capabilities: string[]): DiscoveredAgent => {
  return { id, name: id, description: '', capabilities, inferred: false, communities: [] };
};

beforeEach(() => {
  vi.useFakeTimers({ now: START });
});
afterEach(() => {
  vi.useRealTimers();
});

function setting() {
  const raised: Event[] = [];
  const log: LogEvent[] = [];
  const health = new Map<string, RouteHealth>();
  const routes = new AgentRoutes({
    servers: [ALPS, COAST],
    raise: (event) => raised.push(event),
    drawLife: (nlri) => ({ nlri, secret: '', life: '' }),
    healthOf: (server, id) => health.get(`${server} ${id}`) ?? { med: 0, averages: undefined },
    log: (event) => log.push(event),
  });
  /** The events since the last look, each in short. */
  const events = () =>
    raised.splice(0).map((event) => {
      if (event.type === 'RoutesEnded') return { ended: event.agents, of: event.stub };
      if (event.type !== 'RoutesOriginated') throw new Error(event.type);
      const { stub, agents, draws } = event;
      const originated = agents.map(({ agent: id, med, originTime }) => `${id} med ${med} since ${originTime}`);
      return { originated, of: stub.id, draws: draws.map(({ nlri }) => nlri) };
    });
  const take = (changes: Partial<AgentChanges>, inFirstRound = false, server = 'alps'): void => {
    routes.take(server, { ...NO_CHANGES, ...changes }, inFirstRound);
  };
  return { routes, take, events, raised, log, health };
}

describe('the agents of a server', () => {
  it('are announced at its place, with its weight', () => {
    const { take, raised } = setting();
    take({ added: [agent('diver')] }, true, 'coast');
    take({ added: [agent('hiker')] }, true, 'alps');
    expect(raised).toMatchObject([
      { stub: { id: 'coast', asn: 65_002, nextHop: 'http://coast', rank: 1, weight: 3 } },
      { stub: { id: 'alps', asn: 65_001, nextHop: 'http://alps', rank: 0, weight: 1 } },
    ]);
  });

  it('begin one life per agent and capability', () => {
    const { take, events } = setting();
    take({ added: [agent('hiker', 'walking'), agent('guide', 'walking', 'talking')] });
    expect(events()).toMatchObject([{ draws: ['hiker', '~walking', 'guide', '~talking'] }]);
  });

  it('are as old as the program in the first round, and as their arrival after it', () => {
    const { take, events } = setting();
    vi.setSystemTime(2_000);
    take({ added: [agent('hiker')] }, true);
    take({ added: [agent('guide')] });
    expect(events()).toMatchObject([
      { originated: ['hiker med 0 since 1000'] },
      { originated: ['guide med 0 since 2000'] },
    ]);
  });

  it('keep their age when they change, but not when they come back', () => {
    const { take, events } = setting();
    take({ added: [agent('hiker')] });
    vi.setSystemTime(2_000);
    take({ changed: [agent('hiker', 'walking')] });
    take({ withdrawn: ['hiker'] });
    take({ added: [agent('hiker')] });
    expect(events().slice(1)).toMatchObject([
      { originated: ['hiker med 0 since 1000'] },
      { ended: ['hiker'], of: 'alps' },
      { originated: ['hiker med 0 since 2000'] },
    ]);
  });

  it('are logged by id', () => {
    const { take, log } = setting();
    take({ added: [agent('hiker')], changed: [agent('guide')], withdrawn: ['cook'] });
    expect(log).toEqual([
      { event: 'agents-changed', server: 'alps', added: ['hiker'], changed: ['guide'], withdrawn: ['cook'] },
    ]);
  });
});

describe('agents whose health has changed', () => {
  it('are announced anew without a new life, where they are meant', () => {
    const { routes, take, events, health } = setting();
    take({ added: [agent('hiker', 'walking'), agent('guide')] });
    events();
    health.set('alps hiker', { med: 80, averages: undefined });
    vi.setSystemTime(2_000);
    routes.remeasured('alps', (id) => id === 'hiker');
    expect(events()).toEqual([{ originated: ['hiker med 80 since 1000'], of: 'alps', draws: [] }]);
  });

  it('are not announced when they are gone', () => {
    const { routes, take, events } = setting();
    take({ added: [agent('hiker')] });
    take({ withdrawn: ['hiker'] });
    events();
    routes.remeasured('alps', () => true);
    expect(events()).toEqual([]);
  });
});

it('a server that is not configured announces nothing', () => {
  const { routes, take, events, log } = setting();
  take({ added: [agent('hiker')] }, false, 'moon');
  routes.remeasured('moon', () => true);
  expect([events(), log]).toEqual([[], []]);
});
