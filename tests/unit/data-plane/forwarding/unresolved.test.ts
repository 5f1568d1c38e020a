import { describe, expect, it } from 'vitest';
import { BOTH, setting } from './fixture.ts';

const said = (text: string) => ({ code: 'AGENT_NOT_FOUND', message: expect.stringContaining(text) as string });

describe('an agent that is unknown at the named place', () => {
  it.each([
    [{ serverUrl: 'http://server0:4111' }, 'at http://server0:4111'],
    [{ targetAgentId: 'server0:weatherAgent' }, 'on server0'],
    [{ targetAgentId: 'as65001:weatherAgent' }, 'on server0'],
  ])('is reported to exist elsewhere, instead of suggesting its own name: %j', async (target, where) => {
    const { forward, called } = setting({ agents: { server1: ['weatherAgent'] } });
    const elsewhere = 'It exists elsewhere: omit the qualifier or serverUrl.';
    await expect(forward(target)).rejects.toMatchObject(
      said(`No agent 'weatherAgent' ${where} is known. ${elsewhere} Call list-agents`),
    );
    expect(called).toEqual([]);
  });
});

describe('an unknown agent while peers have not advertised theirs', () => {
  it('makes the call wait', async () => {
    let told: () => void = () => undefined;
    const peersTold = new Promise<void>((resolve) => {
      told = resolve;
    });
    const { forward, answer } = setting({ peersTold });
    const outcome = forward({});
    answer('server1', ['weatherAgent']);
    told();
    expect(await outcome).toMatchObject({ reply: 'weatherAgent at server1' });
  });
});

describe('an unknown agent while a peer is unreachable', () => {
  const { forward } = setting({ agents: BOTH, peersAway: ['as65102'] });
  const unknown = 'Not answering, so its agents are unknown: as65102.';

  it('may belong to the peer, and the failure says so', async () => {
    await expect(forward({ targetAgentId: 'otherAgent' })).rejects.toMatchObject(said(unknown));
    await expect(forward({ targetAgentId: 'as65000:otherAgent' })).rejects.toMatchObject(said(unknown));
  });

  it('cannot belong to the peer if a server is named', async () => {
    for (const target of [{ targetAgentId: 'server0:otherAgent' }, { serverUrl: 'http://server0:4111' }]) {
      const failure = forward({ targetAgentId: 'otherAgent', ...target });
      await expect(failure).rejects.toMatchObject({ message: expect.not.stringContaining(unknown) as string });
    }
  });
});
