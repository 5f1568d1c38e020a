import { createInterface } from 'node:readline';
import { meetOwner, send } from './meet-owner.ts';
import type { SharedSettings } from './shared-settings.ts';

/** Membership of a follower in the router of an owner. */
export interface Membership {
  readonly ownerPid: number;
  readonly path: string;
  /** Headers of every request to the owner. */
  readonly credentials: Readonly<Record<string, string>>;
  /** Resolves when the connection to the owner is lost. */
  readonly lost: Promise<void>;
  readonly leave: () => void;
}

export type Joining =
  | { readonly type: 'joined'; readonly membership: Membership }
  /** No process listens, at least not yet. */
  | { readonly type: 'nobody' }
  | { readonly type: 'refused'; readonly reason: string };

export interface JoinOptions {
  readonly path: string;
  readonly secret: string;
  readonly settings: SharedSettings;
  /** Receives the frames in which the owner relays what peers send. */
  readonly heard: (frame: unknown) => void;
}

/** Joins the owner at the socket if it is a copy of the same user with the same shared settings. */
export async function join(options: JoinOptions): Promise<Joining> {
  const { path } = options;
  const met = await meetOwner(options);
  switch (met.type) {
    case 'nobody':
      return met;
    case 'stranger':
      return { type: 'refused', reason: `${path} belongs to another program or user` };
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
  // If an owner is killed, both streams emit an error. Only the close event matters.
  for (const source of [response, lines]) source.on('error', () => undefined);
  const leave = (): void => {
    leaving.abort();
  };
  return { type: 'joined', membership: { ownerPid, path, credentials, lost, leave } };
}

/** Parses a line. Returns undefined for the truncated last line of an owner that was killed. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}
