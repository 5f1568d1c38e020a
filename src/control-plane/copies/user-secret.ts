import { randomBytes } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { makePrivate, NotPrivate } from './private-directory.ts';

/** The secret that all copies of this user share, or the reason why there is none. */
export type UserSecret =
  { readonly ok: true; readonly secret: string } | { readonly ok: false; readonly reason: string };

const SECRET_BYTES = 32;
const FORM = /^[\w-]{43}$/;

/**
 * Returns the secret that only the copies of this user know. It is drawn once and kept in the user's home. Rejects with
 * {@link NotPrivate} if it cannot be kept there safely.
 */
export async function userSecret(env: NodeJS.ProcessEnv): Promise<string> {
  const path = join(makePrivate(stateDirectory(env)), 'secret');
  return (await stored(path)) ?? (await drawn(path));
}

async function stored(path: string): Promise<string | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  return text !== undefined && FORM.test(text) ? text : undefined;
}

/** Returns the secret of {@link userSecret}, or the reason why it is not available. */
export async function knownSecret(env: NodeJS.ProcessEnv): Promise<UserSecret> {
  try {
    return { ok: true, secret: await userSecret(env) };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Draws a secret. If several copies draw at once, the one whose file gets the name first has drawn for all. */
async function drawn(path: string): Promise<string> {
  const own = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(own, randomBytes(SECRET_BYTES).toString('base64url'), { mode: 0o600, flag: 'wx' });
    await link(own, path).catch(() => undefined);
    const secret = await stored(path);
    if (secret === undefined) throw new NotPrivate(`${path} does not contain a secret: delete it`);
    return secret;
  } catch (error) {
    if (error instanceof NotPrivate) throw error;
    throw new NotPrivate(`${path} cannot be written`, { cause: error });
  } finally {
    await rm(own, { force: true }).catch(() => undefined);
  }
}

function stateDirectory({ XDG_STATE_HOME: given, LOCALAPPDATA: local }: NodeJS.ProcessEnv): string {
  const base = process.platform === 'win32' ? local : given;
  return join(base ?? join(homedir(), '.local', 'state'), 'mcp-agent-proxy');
}
