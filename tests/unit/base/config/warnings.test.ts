import { describe, expect, it } from 'vitest';
import { warnings } from '../../../../src/base/config/warnings.ts';
import { fileConfig } from './load-problems.ts';

async function warningsOf(text: string, env: Record<string, string> = {}): Promise<readonly string[]> {
  return warnings(await fileConfig(text, env));
}

const LONG = 'sixteen-letters-';

describe('warnings', () => {
  it('name the owners of keys shorter than 16 characters', async () => {
    const text = `
peers: [{asn: 65002, key: fifteen-letters}, {asn: 65003, key: ${LONG}, policy: {}}]
guests: [{asns: 65100-65199, key: x}]
callers: [{asn: 65200, key: y}]`;
    expect(await warningsOf(text)).toEqual([
      'These keys are shorter than 16 characters and could be guessed: as65002, guests 65100-65199, caller 65200. Use thirty random letters.',
    ]);
  });

  it('do not show the keys themselves', async () => {
    const said = await warningsOf('peers: [65002@http://localhost:1]', { BGP_PEER_KEY: 'q7z' });
    expect(said).toHaveLength(1);
    expect(said.join()).not.toContain('q7z');
  });

  it('ignore peers without keys and peers with long keys of their own', async () => {
    expect(await warningsOf('peers: [65002@http://localhost:1]')).toEqual([]);
    expect(await warningsOf(`peers: [{asn: 65002, key: ${LONG}}]`)).toEqual([]);
  });

  const sameNeighbor = 'policy: {compareMed: same-neighbor}';
  const clients =
    'peers: [{asn: 65000, client: true}, {asn: 65000, name: east, client: true}, {asn: 65000, name: core}]';

  it('name the clients of a reflector that compares MED by neighbour (RFC 3345)', async () => {
    expect(await warningsOf(`${sameNeighbor}\n${clients}`)).toContain(
      'With compareMed: same-neighbor and reflection to as65000, east routes may oscillate forever (RFC 3345). Remove compareMed.',
    );
  });

  it.each([
    clients,
    `policy: {compareMed: always}\n${clients}`,
    `${sameNeighbor}\npeers: [{asn: 65000}]`,
    sameNeighbor,
  ])('do not mention MED for %j', async (text) => {
    expect((await warningsOf(text)).join()).not.toContain('compareMed');
  });
});
