import { describe, expect, it } from 'vitest';
import { BOTH, setting } from './fixture.ts';

const said = (text: string) => ({ code: 'AGENT_NOT_FOUND', message: expect.stringContaining(text) as string });

describe('an agent that nobody knows where it is to be', () => {
  it.each([
    [{ serverUrl: 'http://server0:4111' }, 'at http://server0:4111'],
    [{ targetAgentId: 'server0:weatherAgent' }, 'on server0'],
    [{ targetAgentId: 'as65001:weatherAgent' }, 'on server0'],
  ])('is said to be elsewhere where it is, instead of suggesting what was asked for: %j', async (target, where) => {
    const { forward, called } = setting({ agents: { server1: ['weatherAgent'] } });
    const elsewhere = 'It exists elsewhere: omit the qualifier or serverUrl.';
    await expect(forward(target)).rejects.toMatchObject(
      said(`No agent 'weatherAgent' ${where} is known. ${elsewhere} Call list-agents`),
    );
    expect(called).toEqual([]);
  });
});

describe('an agent that nobody knows while peers have not told of theirs', () => {
  it('is waited for', async () => {
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

describe('an agent that nobody knows while a peer is away', () => {
  const { forward } = setting({ agents: BOTH, peersAway: ['as65102'] });
  const unknown = 'Not answering, so its agents are unknown: as65102.';

  it('may be one of the peer, and the answer says so', async () => {
    await expect(forward({ targetAgentId: 'otherAgent' })).rejects.toMatchObject(said(unknown));
    await expect(forward({ targetAgentId: 'as65000:otherAgent' })).rejects.toMatchObject(said(unknown));
  });

  it('is none of it where a server is named', async () => {
    for (const target of [{ targetAgentId: 'server0:otherAgent' }, { serverUrl: 'http://server0:4111' }]) {
      const failure = forward({ targetAgentId: 'otherAgent', ...target });
      await expect(failure).rejects.toMatchObject({ message: expect.not.stringContaining(unknown) as string });
    }
  });
});
