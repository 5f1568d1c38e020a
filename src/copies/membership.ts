import { lstatSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { answer, ownerProof, pass, veiled, type Marks } from './introduction.ts';
import { drawNonce, isProof } from './proof.ts';
import { isOwn } from './private-directory.ts';

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
  readonly marks: Marks;
  /** Takes what the owner tells of the peers. */
  readonly heard: (frame: unknown) => void;
}

const ANSWER_WITHIN_MS = 2_000;

/** Joins the copy that waits at the meeting point, if it is one of ours and one with us in everything that matters. */
export async function join(options: JoinOptions): Promise<Joining> {
  const { path, secret, marks } = options;
  const stranger: Joining = { type: 'refused', reason: `what is at ${path} is no copy of this program and user` };
  if (process.platform !== 'win32') {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found === undefined) return { type: 'nobody' };
    if (!found.isSocket() || !isOwn(found.uid)) return stranger;
  }
  const nonce = drawNonce();
  const said = await ask(path, JSON.stringify({ nonce, marks: veiled(marks, secret) }));
  if (said === undefined) return { type: 'nobody' };
  const owner = answer.safeParse(said.json);
  if (!owner.success || !isProof(owner.data.proof, ownerProof(secret, nonce))) return stranger;
  const { pid, differs } = owner.data;
  if (differs.length > 0) {
    const reason = `process ${pid} of this user has the port, but with different settings: ${differs.join(', ')}`;
    return { type: 'refused', reason };
  }
  return enter(options, pid, { authorization: `Bearer ${pass(secret, owner.data.nonce)}` });
}

/** What is answered, or undefined when nobody listens. */
async function ask(path: string, body: string): Promise<{ readonly json: unknown } | undefined> {
  const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
  try {
    const response = await send(path, 'POST', '/introduction', { 'content-type': 'application/json' }, body, signal);
    return { json: JSON.parse(await text(response)) as unknown };
  } catch (error) {
    const isGone = error instanceof Error && 'code' in error && GONE.has(String(error.code));
    return isGone ? undefined : { json: undefined };
  }
}

/** What befalls who connects while the owner comes or goes. */
const GONE = new Set(['ECONNREFUSED', 'ENOENT', 'ECONNRESET', 'EPIPE']);

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

function send(
  socketPath: string,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: string | undefined,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, method, path, headers: { ...headers }, agent: false, signal }, resolve);
    sent.on('error', reject);
    sent.end(body);
  });
}
