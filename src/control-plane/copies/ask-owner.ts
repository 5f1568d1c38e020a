import { text } from 'node:stream/consumers';
import { meetOwner, send } from './meet-owner.ts';
import { socketPath } from './socket-path.ts';
import { userSecret } from './user-secret.ts';

/** Response of the owner to a request for an operator view. */
export interface OwnerAnswer {
  readonly status: number;
  /** Link header with the next page, if any. */
  readonly link: string | undefined;
  readonly body: string;
}

const PATIENCE_MS = 10_000;

/**
 * Requests an operator view from the router of this user that listens at an address. The request goes through the
 * owner's socket instead of its listener. Resolves with undefined if no router of this user listens there.
 */
export async function askOwner(
  listen: { readonly host: string; readonly port: number },
  question: string,
  env: NodeJS.ProcessEnv,
): Promise<OwnerAnswer | undefined> {
  const path = socketPath(listen, env);
  const met = await meetOwner({ path, secret: await userSecret(env), settings: {} });
  if (met.type !== 'owner') return undefined;
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const response = await send(path, 'GET', question, met.credentials, undefined, signal);
  const { statusCode = 0, headers } = response;
  return { status: statusCode, link: [headers['link'] ?? []].flat()[0], body: await text(response) };
}
