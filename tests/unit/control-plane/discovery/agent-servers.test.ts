import { afterEach, describe, expect, it } from 'vitest';
import { AgentServers } from '../../../../src/control-plane/discovery/agent-servers.ts';
import type { DiscoveredAgent, Listing } from '../../../../src/control-plane/discovery/source.ts';
import { Failure } from '../../../../src/base/failure/failure.ts';
import type { LogEvent } from '../../../../src/base/telemetry/log-event.ts';

const PACE = { intervalMs: 60_000, retries: 0, backoffMs: 60_000, maxBackoffMs: 60_000 };
const ALPS = { name: 'alps', url: 'http://alps:4111', asn: 65_001, description: 'Mountains' };
const COAST = { name: 'coast', url: 'http://coast:4111', asn: 65_002, description: 'Beaches' };

type Answer = () => Promise<Listing>;

const stopping: AgentServers[] = [];

afterEach(() => {
  for (const servers of stopping.splice(0)) servers.stop();
});

function agent(id: string): DiscoveredAgent {
  return { id, name: id, description: '', capabilities: [], inferred: false, communities: [] };
}

function listing(...ids: string[]): Answer {
  return () => Promise.resolve({ agents: ids.map(agent), notes: [] });
}

function failing(): Promise<Listing> {
  return Promise.reject(new Failure('SERVER_UNAVAILABLE', 'It is away.', { blames: 'server' }));
}

/** The two servers. Each gives its answers in turn and then repeats the last one. */
function setting(answers: Readonly<Record<string, readonly Answer[]>>) {
  const log: LogEvent[] = [];
  const found: string[] = [];
  const answered: string[] = [];
  const asked = new Map<string, number>();
  const servers = new AgentServers({
    servers: [ALPS, COAST],
    pace: PACE,
    timeoutMs: 5_000,
    maxAgentsPerServer: 10,
    sourceOf: (url) => ({
      list: () => {
        const times = asked.get(url) ?? 0;
        asked.set(url, times + 1);
        const all = answers[url] ?? [];
        return (all[times] ?? all.at(-1) ?? failing)();
      },
      read: () => ({ agents: [agent('seen')], notes: [] }),
    }),
    log: (event) => log.push(event),
  });
  stopping.push(servers);
  const start = (): void => {
    servers.start({
      onAgents: (server, { added, withdrawn }, inFirstRound) => {
        const changes = [...added.map(({ id }) => `+${id}`), ...withdrawn.map((id) => `-${id}`)];
        found.push(`${server} ${changes.join(' ')}${inFirstRound ? ' first' : ''}`);
      },
      onAnswer: ({ name }) => answered.push(name),
    });
  };
  return { servers, start, log, found, answered, asked };
}

describe('the configured servers', () => {
  it('keep the configured order, with an error until they have answered', async () => {
    const { servers, start } = setting({ [ALPS.url]: [listing('hiker')], [COAST.url]: [listing('diver')] });
    expect([...servers.all()].map(({ name, error }) => [name, error])).toEqual([
      ['alps', 'it has not answered yet'],
      ['coast', 'it has not answered yet'],
    ]);
    start();
    await servers.firstRound(undefined);
    expect([...servers.all()].map(({ name, error }) => [name, error])).toEqual([
      ['alps', undefined],
      ['coast', undefined],
    ]);
    expect(servers.named('alps')).toMatchObject(ALPS);
    expect(servers.named('moon')).toBeUndefined();
  });

  it('report which agents belong to the first round, and each answer', async () => {
    const answers = [listing('hiker'), listing('skier')];
    const { servers, start, found, answered } = setting({ [ALPS.url]: answers, [COAST.url]: [failing] });
    start();
    await servers.firstRound(undefined);
    await servers.refresh('alps');
    expect(found).toEqual(['alps +hiker first', 'alps +skier -hiker']);
    expect(answered).toEqual(['alps', 'alps']);
  });

  it('keep the error of a server that fails, log it once, and log its return', async () => {
    const { servers, start, log } = setting({
      [ALPS.url]: [failing, failing, listing('hiker')],
      [COAST.url]: [listing()],
    });
    start();
    await servers.firstRound('alps');
    await servers.refresh('alps');
    expect(servers.named('alps')?.error).toBe('It is away.');
    await servers.refresh('alps');
    expect(servers.named('alps')?.error).toBeUndefined();
    const ofAlps = log.filter((event) => 'server' in event && event.server === 'alps').map(({ event }) => event);
    expect(ofAlps).toEqual(['server-error', 'server-online']);
  });

  it('are asked again only at the URL that a call could not reach', async () => {
    const { servers, start, asked } = setting({ [ALPS.url]: [listing('hiker')], [COAST.url]: [listing('diver')] });
    start();
    await servers.firstRound(undefined);
    servers.doubt(ALPS.url);
    servers.doubt('http://moon:4111');
    await servers.refresh('alps');
    expect([asked.get(ALPS.url), asked.get(COAST.url)]).toEqual([2, 1]);
  });

  it('use a listing that a probe has requested', async () => {
    const { servers, start, found } = setting({ [ALPS.url]: [listing('hiker')], [COAST.url]: [listing()] });
    start();
    await servers.firstRound(undefined);
    expect(servers.seen('alps', '{}')).toBe(true);
    expect(servers.seen('alps', 'no JSON')).toBe(false);
    expect(found).toEqual(['alps +hiker first', 'alps +seen -hiker']);
  });
});
