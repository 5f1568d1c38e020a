import { lstatSync, mkdirSync } from 'node:fs';

/** A directory is not ours alone, so that nothing in it can be trusted. */
export class NotPrivate extends Error {}

/** Makes a directory that only this user can look into, or finds that it is one; throws {@link NotPrivate} otherwise. */
export function makePrivate(path: string): string {
  try {
    mkdirSync(path, { mode: 0o700, recursive: true });
    const { uid, mode, isDirectory } = inspected(path);
    if (!isDirectory) throw new NotPrivate(`${path} is no directory`);
    if (!isOwn(uid)) throw new NotPrivate(`${path} belongs to another user`);
    if (isPosix && (mode & 0o077) !== 0) throw new NotPrivate(`${path} is open to other users: chmod 700 it`);
    return path;
  } catch (error) {
    if (error instanceof NotPrivate) throw error;
    throw new NotPrivate(`${path} cannot be made: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

/** Whether something belongs to the user that this process runs as. Windows keeps users apart in other ways. */
export function isOwn(uid: number): boolean {
  return uid === (process.getuid?.() ?? uid);
}

const isPosix = process.platform !== 'win32';

function inspected(path: string): { readonly uid: number; readonly mode: number; readonly isDirectory: boolean } {
  // A link would be judged by where it leads today.
  const stats = lstatSync(path);
  return { uid: stats.uid, mode: stats.mode, isDirectory: stats.isDirectory() };
}
