import type { CallingRouter } from './calling-router.ts';
import type { IncomingRequest } from './incoming-request.ts';

/** The rooms that answer requests to the listener, except those of peering itself. */
export interface ServedRooms {
  readonly front: {
    /** Answers a request below `/api/agents`. */
    answer(request: IncomingRequest, caller: CallingRouter | undefined): Response | Promise<Response>;
    /** Returns the path that a call to an agent would take. */
    trace(agent: string): Response | Promise<Response>;
  };
  readonly operators: {
    /** Answers a request for an operator view. Returns undefined if there is none at the URL. */
    answer(url: URL): Response | undefined;
  };
}

/** Forwards a request to the room that answers it. */
export function serve(
  rooms: ServedRooms,
  request: IncomingRequest,
  caller: CallingRouter | undefined,
): Response | Promise<Response> {
  const { method, url } = request;
  if (!url.pathname.startsWith('/api/')) return method === 'GET' ? serveView(rooms, url) : nothing();
  return /^\/api\/agents(\/|$)/.test(url.pathname) ? rooms.front.answer(request, caller) : nothing();
}

/** Forwards a request for an operator view to the room that answers it. */
export function serveView({ front, operators }: ServedRooms, url: URL): Response | Promise<Response> {
  const traced = url.pathname === '/bgp/trace' ? url.searchParams.get('agent') : null;
  return traced === null ? (operators.answer(url) ?? nothing()) : front.trace(traced);
}

function nothing(): Response {
  return Response.json({ error: 'Not found.' }, { status: 404 });
}
