import { createInterface } from 'node:readline';
import { meetOwner, send } from './meet-owner.ts';
import type { SharedSettings } from './shared-settings.ts';

/** A place among the copies that share the router of another one. */
export interface Membership {
  readonly ownerPid: number;
  readonly path: string;
  /** The headers of every request to the owner. */
  readonly credentials: Readonly<Record<string, string>>;
  /** Resolves when the owner is gone. */
  readonly lost: Promise<void>;
  readonly leave: () => void;
}

export type Joining =
  | { readonly type: 'joined'; readonly membership: Membership }
  /** Nobody is there, at least not yet. */
  | { readonly type: 'nobody' }
  | { readonly type: 'refused'; readonly reason: string };

export interface JoinOptions {
  readonly path: string;
  readonly secret: string;
  readonly settings: SharedSettings;
  /** Takes what the owner tells of the peers. */
  readonly heard: (frame: unknown) => void;
}

/** Joins the copy that waits at the meeting point, if it is one of ours and one with us in everything that matters. */
export async function join(options: JoinOptions): Promise<Joining> {
  const { path } = options;
  const met = await meetOwner(options);
  switch (met.type) {
    case 'nobody':
      return met;
    case 'stranger':
      return { type: 'refused', reason: `what is at ${path} is no copy of this program and user` };
    case 'owner': {
      const { pid, differs, credentials } = met;
      if (differs.length === 0) return enter(options, pid, credentials);
      const reason = `process ${pid} of this user has the port, but with different settings: ${differs.join(', ')}`;
      return { type: 'refused', reason };
    }
  }
}

async function enter(
  { path, heard }: JoinOptions,
  ownerPid: number,
  credentials: Readonly<Record<string, string>>,
): Promise<Joining> {
  const leaving = new AbortController();
  const response = await send(path, 'GET', '/peers', credentials, undefined, leaving.signal).catch(() => undefined);
  if (response?.statusCode !== 200) {
    response?.destroy();
    return { type: 'nobody' };
  }
  const lost = new Promise<void>((resolve) => {
    response.once('close', resolve);
  });
  const lines = createInterface({ input: response }).on('line', (line) => {
    const frame = parsed(line);
    if (frame !== undefined && !leaving.signal.aborted) heard(frame);
  });
  // An owner that is killed breaks the connection, and both say so; what matters is that it closes.
  for (const source of [response, lines]) source.on('error', () => undefined);
  const leave = (): void => {
    leaving.abort();
  };
  return { type: 'joined', membership: { ownerPid, path, credentials, lost, leave } };
}

/** What a line says, or undefined for the torn last line of an owner that was killed. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}
