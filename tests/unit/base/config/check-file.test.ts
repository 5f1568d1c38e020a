import { describe, expect, it } from 'vitest';
import { checkFile } from '../../../../src/base/config/check-file.ts';

describe('checking a file', () => {
  it.each([
    ['servers: [{url: http://a}]', 'config'],
    ['{"policy": {"import": []}}', 'config'],
    ['{"import": []}', 'policy'],
    ['{"export": []}', 'policy'],
    ['{"_description": "nothing yet", "decision": ["med"]}', 'policy'],
  ])('%j is recognised by its keys as a %s', async (text, kind) => {
    expect(await checkFile('f', {}, () => text)).toMatchObject({ kind });
  });

  it('uses the variables that the file refers to and no others', async () => {
    const text = 'servers: [{url: "${URL}"}]';
    expect((await checkFile('f', { URL: 'http://a', BGP_ASN: 'x' }, () => text)).problems).toEqual([]);
  });

  it('checks the policy that a config file names', async () => {
    const files: Record<string, string> = { '/c/f.yaml': 'policy: p.json', '/c/p.json': '{"imports": []}' };
    const { problems } = await checkFile('/c/f.yaml', {}, (path) => files[path] ?? '');
    expect(problems).toEqual([expect.objectContaining({ source: '/c/p.json', line: 1, place: 'imports' })]);
  });
});
