import { text } from 'node:stream/consumers';
import { meetOwner, send } from './meet-owner.ts';

/** What a copy answers to a question, as it would over HTTP. */
export interface OwnerAnswer {
  readonly status: number;
  /** The Link header, which names the next page. */
  readonly link: string | undefined;
  readonly body: string;
}

const PATIENCE_MS = 10_000;

/** Asks the copy that has the port what it shows to operators; undefined when none of ours is at the meeting point. */
export async function askOwner(
  place: { readonly path: string; readonly secret: string },
  question: string,
): Promise<OwnerAnswer | undefined> {
  const met = await meetOwner({ ...place, marks: {} });
  if (met.type !== 'owner') return undefined;
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const response = await send(place.path, 'GET', question, met.credentials, undefined, signal);
  const { statusCode = 0, headers } = response;
  return { status: statusCode, link: [headers['link'] ?? []].flat()[0], body: await text(response) };
}
