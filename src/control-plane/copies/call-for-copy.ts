import type { PeerId } from '../../core/bgp/rib/route.ts';
import { bodyText } from '../../base/bodies/body-text.ts';
import { Failure } from '../../base/failure/failure.ts';
import { failureResponse } from '../../base/failure/router-refusal.ts';
import type { Shared } from './shared-router.ts';

/** Largest body of a request, in bytes. No router accepts more. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** Headers that are forwarded between another copy and a peer. This copy sets all others itself. */
const PASSED = /^(accept|content-type|traceparent|tracestate|agent-bgp-.*)$/;

export interface CallForCopyOptions {
  readonly urlOf: (peer: PeerId) => string | undefined;
  readonly fetchTo: (peer: PeerId) => typeof globalThis.fetch;
}

/** Failure of a request from another copy whose body exceeds {@link MAX_BODY_BYTES}. */
class CopyRequestTooLarge extends Failure {
  constructor() {
    super(
      'INVALID_REQUEST',
      `The request is larger than ${MAX_BODY_BYTES / 1024 / 1024} MiB. Send a smaller request.`,
      {
        blames: 'caller',
      },
    );
  }
}

/** Returns a function that forwards requests of other copies to peers, under the sessions of this copy. */
export function callForCopy({ urlOf, fetchTo }: CallForCopyOptions): Shared['call'] {
  return async (peer, path, request) => {
    const url = urlOf(peer);
    if (url === undefined) return Response.json({ error: `${peer} is not a peer.` }, { status: 404 });
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
