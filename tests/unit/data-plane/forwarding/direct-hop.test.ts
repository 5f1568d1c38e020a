import { describe, expect, it } from 'vitest';
import { BOTH, setting } from './fixture.ts';

describe('serverUrl', () => {
  it.each(['http://169.254.169.254/latest', 'http://10.0.0.7:4111', 'http://server0:4112'])(
    '%s is denied, because it is neither configured nor learned nor permitted',
    async (serverUrl) => {
      const { forward, called } = setting({ agents: BOTH });
      await expect(forward({ serverUrl })).rejects.toMatchObject({
        code: 'DENIED_BY_POLICY',
        details: { place: 'allowServerUrls' },
      });
      expect(called).toEqual([]);
    },
  );

  it.each(['file:///etc/passwd', 'server0', 'javascript:1'])('%s is not the URL of a server', async (serverUrl) => {
    await expect(setting({ agents: BOTH }).forward({ serverUrl })).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  });

  it('is called directly if it is permitted', async () => {
    const { forward } = setting({ permits: (url) => url === 'http://elsewhere:4111/agents' });
    expect(await forward({ serverUrl: 'http://elsewhere:4111/agents/' })).toMatchObject({
      reply: 'weatherAgent at elsewhere',
      fullyQualifiedId: 'weatherAgent',
      resolutionMethod: 'explicit_url_override',
    });
  });

  it('leads to the agent that the server means, as policy judges it, whatever name the caller uses', async () => {
    const agent = { id: 'payroll', capabilities: ['finance/payroll'], communities: ['secret'] };
    const given = { permits: () => true, learn: () => agent };
    const wanted = { targetAgentId: 'registrationKey', serverUrl: 'http://elsewhere:4111' };
    expect(await setting(given).forward(wanted)).toMatchObject({
      reply: 'payroll at elsewhere',
      agentIdUsed: 'payroll',
    });
    for (const match of [
      { agentPrefixes: ['payroll'] },
      { agentPrefixes: ['registrationKey'] },
      { capabilities: ['finance'] },
      { communities: ['secret'] },
    ]) {
      const { forward, called } = setting({ ...given, statements: [{ match, action: 'reject' }] });
      await expect(forward(wanted)).rejects.toMatchObject({
        code: 'DENIED_BY_POLICY',
        details: { place: 'import[0]' },
      });
      expect(called).toEqual([]);
    }
    expect(await setting(given).forward({ ...wanted, requiredCapabilities: ['finance'] })).toBeDefined();
    await expect(setting(given).forward({ ...wanted, requiredCapabilities: ['coding'] })).rejects.toMatchObject({
      code: 'AGENT_NOT_FOUND',
    });
  });

  it('does not lead to an agent that the server does not list', async () => {
    const { forward, called } = setting({ permits: () => true, learn: () => undefined });
    await expect(forward({ serverUrl: 'http://elsewhere:4111' })).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' });
    expect(called).toEqual([]);
  });

  it('reports that a configured server does not have the agent, instead of calling it', async () => {
    const { forward, called } = setting({ agents: { server0: ['weatherAgent'] } });
    await expect(forward({ serverUrl: 'http://server1:4111' })).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' });
    expect(called).toEqual([]);
  });

  it.each(['http://peer:3001', 'http://peer:3001/'])(
    "is not called directly at %s if that is a peer, because its routes are judged as a peer's",
    async (serverUrl) => {
      const { forward, called } = setting({ permits: () => true, peerUrl: 'http://peer:3001' });
      await expect(forward({ serverUrl })).rejects.toMatchObject({
        code: 'DENIED_BY_POLICY',
        details: { place: 'allowServerUrls' },
      });
      expect(called).toEqual([]);
    },
  );

  it('is not called directly if policy denies the route that names it, whatever other routes exist', async () => {
    const reject = { match: { peers: ['server1'] }, action: 'reject' } as const;
    const { forward, called } = setting({ agents: BOTH, servers: 1, statements: [reject], permits: () => true });
    await expect(forward({ serverUrl: 'http://server1:4111' })).rejects.toMatchObject({
      code: 'DENIED_BY_POLICY',
      details: { place: 'import[0]' },
    });
    expect(called).toEqual([]);
  });
});
