import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { userSecret } from '../../../../src/control-plane/copies/user-secret.ts';

describe('the secret of a user', () => {
  let base: string;
  let env: NodeJS.ProcessEnv;
  const directory = () => join(base, 'mcp-agent-proxy');

  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'secret-'));
    env = { XDG_STATE_HOME: base, LOCALAPPDATA: base };
  });

  afterEach(() => {
    rmSync(base, { recursive: true });
  });

  it('is the same for all that draw it at once, and leaves no other file', async () => {
    const secrets = await Promise.all(Array.from({ length: 20 }, () => userSecret(env)));
    expect(new Set(secrets).size).toBe(1);
    expect(await userSecret(env)).toBe(secrets[0]);
    expect(readdirSync(directory())).toEqual(['secret']);
  });

  it('is readable only by this user', async () => {
    await userSecret(env);
    expect(statSync(join(directory(), 'secret')).mode & 0o777).toBe(0o600);
  });

  it('differs between users', async () => {
    const secret = await userSecret(env);
    rmSync(directory(), { recursive: true });
    expect(await userSecret(env)).not.toBe(secret);
  });

  it('is rejected if others could have written it', async () => {
    await userSecret(env);
    chmodSync(directory(), 0o777);
    await expect(userSecret(env)).rejects.toThrow('is open to other users');
  });

  it('is rejected if the stored text is not a secret', async () => {
    await userSecret(env);
    writeFileSync(join(directory(), 'secret'), 'short');
    await expect(userSecret(env)).rejects.toThrow('does not contain a secret: delete it');
  });
});
