import type { PeerId } from '../../core/bgp/rib/route.ts';
import { bodyText } from '../../base/bodies/body-text.ts';
import { Failure } from '../../base/failure/failure.ts';
import { failureResponse } from '../../base/failure/router-refusal.ts';
import type { Shared } from './shared-router.ts';

/** More than any router takes in one request. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** The headers that another copy may send to a peer. Everything else about the request is our own affair. */
const PASSED = /^(accept|content-type|traceparent|tracestate|agent-bgp-.*)$/;

export interface CallForCopyOptions {
  readonly urlOf: (peer: PeerId) => string | undefined;
  readonly fetchTo: (peer: PeerId) => typeof globalThis.fetch;
}

/** The request of a copy is larger than any router takes. */
class CopyRequestTooLarge extends Failure {
  constructor() {
    super('INVALID_REQUEST', `The request is larger than ${MAX_BODY_BYTES / 1024 / 1024} MiB. Say less at once.`, {
      blames: 'caller',
    });
  }
}

/** Returns what sends requests of other copies on to peers, under the sessions of this one. */
export function callForCopy({ urlOf, fetchTo }: CallForCopyOptions): Shared['call'] {
  return async (peer, path, request) => {
    const url = urlOf(peer);
    if (url === undefined) return Response.json({ error: `${peer} is no peer.` }, { status: 404 });
    try {
      const { method, signal } = request;
      const headers = Object.fromEntries([...request.headers].filter(([name]) => PASSED.test(name)));
      const body = method === 'GET' ? null : await bodyOf(request);
      const reply = await fetchTo(peer)(`${url}${path}`, { method, headers, body, signal });
      const passed = [...reply.headers].filter(([name]) => PASSED.test(name));
      return new Response(reply.body, { status: reply.status, headers: passed });
    } catch (error) {
      if (error instanceof Failure) return failureResponse(error);
      throw error;
    }
  };
}

async function bodyOf({ body }: { readonly body: ReadableStream<Uint8Array> | null }): Promise<string> {
  const text = await bodyText(body ?? [], MAX_BODY_BYTES);
  if (text === undefined) throw new CopyRequestTooLarge();
  return text;
}
