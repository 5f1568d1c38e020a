import { text } from 'node:stream/consumers';
import { meetOwner, send } from './meet-owner.ts';
import { socketPath } from './socket-path.ts';
import { userSecret } from './user-secret.ts';

/** The answer of a copy to a question, as it would come over HTTP. */
export interface OwnerAnswer {
  readonly status: number;
  /** The Link header, which names the next page. */
  readonly link: string | undefined;
  readonly body: string;
}

const PATIENCE_MS = 10_000;

/**
 * Asks the router of this user that listens at an address for a view of operators, past its listener. Resolves with undefined
 * when none of this user listens there.
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
