import type { CallingRouter } from './calling-router.ts';
import type { IncomingRequest } from './incoming-request.ts';

/** The rooms that answer the requests to the listener, apart from those of peering itself. */
export interface ServedRooms {
  readonly front: {
    /** Answers a request below `/api/agents`. */
    answer(request: IncomingRequest, caller: CallingRouter | undefined): Response | Promise<Response>;
    /** Returns the way that a call to an agent would take. */
    trace(agent: string): Response | Promise<Response>;
  };
  readonly operators: {
    /** Answers a view of operators; returns undefined where there is none. */
    answer(url: URL): Response | undefined;
  };
}

/** Has the right room answer a request. */
export function serve(
  rooms: ServedRooms,
  request: IncomingRequest,
  caller: CallingRouter | undefined,
): Response | Promise<Response> {
  const { method, url } = request;
  if (!url.pathname.startsWith('/api/')) return method === 'GET' ? serveView(rooms, url) : nothing();
  return /^\/api\/agents(\/|$)/.test(url.pathname) ? rooms.front.answer(request, caller) : nothing();
}

/** Has the right room answer what an operator looks at. */
export function serveView({ front, operators }: ServedRooms, url: URL): Response | Promise<Response> {
  const traced = url.pathname === '/bgp/trace' ? url.searchParams.get('agent') : null;
  return traced === null ? (operators.answer(url) ?? nothing()) : front.trace(traced);
}

function nothing(): Response {
  return Response.json({ error: 'Not found.' }, { status: 404 });
}
