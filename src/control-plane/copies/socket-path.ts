import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { makePrivate, NotPrivate } from './private-directory.ts';

const NAME = 'mcp-agent-proxy';

/** Longest path of a socket under the lowest limit of all platforms, that of macOS, in bytes. */
const MAX_PATH_BYTES = 103;

/**
 * Returns the path of the socket at which copies with the same listen address meet. It is in a directory that only this
 * user can access. On Windows it is a named pipe, which only its creator can serve. Throws {@link NotPrivate}.
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

/**
 * Returns the directory for sockets of this user. Also tries the usual path, because MCP clients pass few variables on.
 */
function runtimeDirectory(uid: number, { XDG_RUNTIME_DIR: given }: NodeJS.ProcessEnv): string {
  const usual = `/run/user/${uid}`;
  const base = given ?? (existsSync(usual) ? usual : undefined);
  return base === undefined ? join(tmpdir(), `${NAME}-${uid}`) : join(base, NAME);
}
