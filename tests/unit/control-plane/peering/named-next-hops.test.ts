import { expect, it } from 'vitest';
import { Callers } from '../../../../src/control-plane/peering/callers.ts';
import { NamedNextHops } from '../../../../src/control-plane/peering/named-next-hops.ts';

const self = { asn: 65_101, routerId: '10.0.0.1' };
const allowed = [
  { url: 'https://a.example', key: 'of all' },
  { url: 'https://a.example/team', key: 'of the team' },
  { url: 'https://b.example', key: undefined },
];

/** Returns the headers with which a URL is called. */
async function headersFor(url: string): Promise<Record<string, string>> {
  let sent: Record<string, string> = {};
  const fetch: typeof globalThis.fetch = (_input, init) => {
    sent = init?.headers as Record<string, string>;
    return Promise.resolve(new Response());
  };
  await new NamedNextHops({ self, allowed, fetch }).fetch(url, { headers: { accept: 'text/plain' } });
  return sent;
}

it.each([
  ['https://a.example/api/agents/x', 'https://a.example', 'of all'],
  ['https://a.example/team/api/agents/x', 'https://a.example/team', 'of the team'],
])('%s is called with the key of the closest entry', async (url, at, key) => {
  const headers = await headersFor(url);
  expect(headers['accept']).toBe('text/plain');
  const callers = new Callers(at, [{ asn: self.asn, key }]);
  expect(await callers.authenticate((name) => headers[name])).toMatchObject({ id: 'caller:as65101' });
});

it.each(['https://b.example/api/agents/x', 'https://a.example.org/api/agents/x', 'https://c.example/'])(
  '%s is called without a token',
  async (url) => {
    expect(await headersFor(url)).toEqual({ accept: 'text/plain' });
  },
);
