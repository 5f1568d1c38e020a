import { lstatSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { answer, ownerProof, pass, veiled } from './introduction.ts';
import { isOwn } from './private-directory.ts';
import { drawNonce, isProof } from './proof.ts';
import type { SharedSettings } from './shared-settings.ts';

/** The process that listens at the socket. */
type Meeting =
  /** The copy that owns the port. `differs` has the names of the settings that differ from ours. */
  | {
      readonly type: 'owner';
      readonly pid: number;
      readonly differs: readonly string[];
      /** Headers of every request to the owner. */
      readonly credentials: Readonly<Record<string, string>>;
    }
  /** No process listens, at least not yet. */
  | { readonly type: 'nobody' }
  | { readonly type: 'stranger' };

interface MeetOptions {
  readonly path: string;
  readonly secret: string;
  readonly settings: SharedSettings;
}

const ANSWER_WITHIN_MS = 2_000;

/** Finds out which process listens at the socket. An owner proves that it knows the secret of the user. */
export async function meetOwner({ path, secret, settings }: MeetOptions): Promise<Meeting> {
  if (process.platform !== 'win32') {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found === undefined) return { type: 'nobody' };
    if (!found.isSocket() || !isOwn(found.uid)) return { type: 'stranger' };
  }
  const nonce = drawNonce();
  const said = await ask(path, JSON.stringify({ nonce, marks: veiled(settings, secret) }));
  if (said === undefined) return { type: 'nobody' };
  const owner = answer.safeParse(said.json);
  if (!owner.success || !isProof(owner.data.proof, ownerProof(secret, nonce))) return { type: 'stranger' };
  const { pid, differs } = owner.data;
  return { type: 'owner', pid, differs, credentials: { authorization: `Bearer ${pass(secret, owner.data.nonce)}` } };
}

/** Sends an introduction. Returns the answer, or undefined if no process listens. */
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

/** Errors of a connection while the owner starts or stops. */
const GONE = new Set(['ECONNREFUSED', 'ENOENT', 'ECONNRESET', 'EPIPE']);

/** Sends a request to the process that listens at a socket. */
export function send(
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
