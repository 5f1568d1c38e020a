import { lstatSync, mkdirSync } from 'node:fs';

/** Error for a directory that other users may be able to access, so that its content cannot be trusted. */
export class NotPrivate extends Error {}

/**
 * Creates a directory that only this user can access, or checks an existing one. Throws {@link NotPrivate} otherwise.
 */
export function makePrivate(path: string): string {
  try {
    mkdirSync(path, { mode: 0o700, recursive: true });
    const { uid, mode, isDirectory } = inspected(path);
    if (!isDirectory) throw new NotPrivate(`${path} is not a directory`);
    if (!isOwn(uid)) throw new NotPrivate(`${path} belongs to another user`);
    if (isPosix && (mode & 0o077) !== 0) throw new NotPrivate(`${path} is open to other users: run chmod 700 on it`);
    return path;
  } catch (error) {
    if (error instanceof NotPrivate) throw error;
    throw new NotPrivate(`${path} cannot be created: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

/** Returns true if `uid` is the user of this process. Always true on Windows, which keeps users apart in other ways. */
export function isOwn(uid: number): boolean {
  return uid === (process.getuid?.() ?? uid);
}

const isPosix = process.platform !== 'win32';

function inspected(path: string): { readonly uid: number; readonly mode: number; readonly isDirectory: boolean } {
  // A symbolic link is rejected, because its target can change.
  const stats = lstatSync(path);
  return { uid: stats.uid, mode: stats.mode, isDirectory: stats.isDirectory() };
}
