import { lstatSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { answer, ownerProof, pass, veiled } from './introduction.ts';
import { isOwn } from './private-directory.ts';
import { drawNonce, isProof } from './proof.ts';
import type { SharedSettings } from './shared-settings.ts';

/** Who is at the meeting point. */
type Meeting =
  /** The copy that has the port; `differs` are the names of the settings that differ from ours. */
  | {
      readonly type: 'owner';
      readonly pid: number;
      readonly differs: readonly string[];
      /** The headers of every request to it. */
      readonly credentials: Readonly<Record<string, string>>;
    }
  /** Nobody is there, at least not yet. */
  | { readonly type: 'nobody' }
  | { readonly type: 'stranger' };

interface MeetOptions {
  readonly path: string;
  readonly secret: string;
  readonly settings: SharedSettings;
}

const ANSWER_WITHIN_MS = 2_000;

/** Finds out whether a copy of ours is at the meeting point: it must know the secret of the user. */
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

/** Sends a request to who listens at the meeting point. */
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
