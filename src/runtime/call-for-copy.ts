import type { PeerId } from '../bgp/rib/route.ts';
import type { Shared } from '../copies/shared-router.ts';
import { bodyText } from '../body-text.ts';
import { Failure } from '../failure/failure.ts';
import { failureResponse } from '../failure/router-refusal.ts';
import { RequestTooLarge } from '../forwarding/held-bodies.ts';

/** More than any router takes in one request. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** What another copy says to a peer: everything else about the request is our own affair. */
const PASSED = /^(accept|content-type|traceparent|tracestate|agent-bgp-.*)$/;

export interface CallForCopyOptions {
  readonly urlOf: (peer: PeerId) => string | undefined;
  readonly fetchFrom: (peer: PeerId) => typeof globalThis.fetch;
}

/** Sends requests of other copies on to peers, under the sessions of this one. */
export function callForCopy({ urlOf, fetchFrom }: CallForCopyOptions): Shared['call'] {
  return async (peer, path, request) => {
    const url = urlOf(peer);
    if (url === undefined) return Response.json({ error: `${peer} is no peer.` }, { status: 404 });
    try {
      const { method, signal } = request;
      const headers = Object.fromEntries([...request.headers].filter(([name]) => PASSED.test(name)));
      const body = method === 'GET' ? null : await bodyOf(request);
      const {
        status,
        headers: said,
        body: reply,
      } = await fetchFrom(peer)(`${url}${path}`, { method, headers, body, signal });
      const passed = [...said].filter(([name]) => PASSED.test(name));
      return new Response(reply, { status, headers: passed });
    } catch (error) {
      if (error instanceof Failure) return failureResponse(error);
      throw error;
    }
  };
}

async function bodyOf({ body }: { readonly body: ReadableStream<Uint8Array> | null }): Promise<string> {
  const text = await bodyText(body ?? [], MAX_BODY_BYTES);
  if (text === undefined) throw new RequestTooLarge(MAX_BODY_BYTES);
  return text;
}
