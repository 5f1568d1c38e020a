import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { makePrivate, NotPrivate } from './private-directory.ts';

const NAME = 'mcp-agent-proxy';

/** What the shortest limit of a socket's path leaves, in bytes (macOS). */
const MAX_PATH_BYTES = 103;

/**
 * Returns the path of the socket at which the copies that want one listen address find each other: in a directory of only this
 * user, or among the named pipes of Windows, which only their maker can serve. Throws {@link NotPrivate}.
 */
export function socketPath(listen: { readonly host: string; readonly port: number }, env: NodeJS.ProcessEnv): string {
  const { username, uid } = userInfo();
  const name = createHash('sha256')
    .update(JSON.stringify([username, listen.host, listen.port]))
    .digest('hex')
    .slice(0, 16);
  if (process.platform === 'win32') return `\\\\.\\pipe\\${NAME}-${name}`;
  const path = join(makePrivate(runtimeDirectory(uid, env)), `${name}.sock`);
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) throw new NotPrivate(`${path} is too long for a socket`);
  return path;
}

/** Where sockets of this user belong. Clients pass few variables on, so that the usual place is looked for as well. */
function runtimeDirectory(uid: number, { XDG_RUNTIME_DIR: given }: NodeJS.ProcessEnv): string {
  const usual = `/run/user/${uid}`;
  const base = given ?? (existsSync(usual) ? usual : undefined);
  return base === undefined ? join(tmpdir(), `${NAME}-${uid}`) : join(base, NAME);
}
