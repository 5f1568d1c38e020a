import { Cursors } from '../../base/lists/cursors.ts';
import type { AdminOptions } from './admin-options.ts';
import { explain } from './explain.ts';
import { health } from './health.ts';
import { InvalidQuery } from './invalid-query.ts';
import { metrics } from './metrics.ts';
import { peers } from './peers.ts';
import { routes } from './routes.ts';
import { SharedAsns } from './shared-asns.ts';
import { status } from './status.ts';

/** The operator endpoints, all of them read-only. */
export class Admin {
  readonly #options: AdminOptions;
  readonly #startedAt = Date.now();
  readonly #sharedAsns: SharedAsns;
  readonly #cursors = new Cursors();

  constructor(options: AdminOptions) {
    this.#options = options;
    this.#sharedAsns = new SharedAsns(options.speaker);
  }

  /** Answers a GET request; returns undefined if the path is unknown. */
  answer(url: URL): Response | undefined {
    const { speaker, trafficOf } = this.#options;
    try {
      switch (url.pathname) {
        case '/bgp/routes':
          return this.#routes(url.searchParams);
        case '/bgp/peers':
          return json(peers(speaker, trafficOf));
        case '/bgp/status':
          return Response.json(status(this.#options, this.#startedAt, this.#sharedAsns.warnings(performance.now())));
        case '/bgp/health':
          return Response.json(health(this.#options));
        case '/bgp/explain':
          return this.#explain(url.searchParams.get('agent'));
        case '/metrics':
          return new Response(metrics(this.#options), { headers: { 'content-type': 'text/plain; version=0.0.4' } });
        default:
          return undefined;
      }
    } catch (error) {
      if (error instanceof InvalidQuery) return Response.json({ error: error.message }, { status: 400 });
      throw error;
    }
  }

  #routes(query: URLSearchParams): Response {
    const { speaker, advertiseUrl } = this.#options;
    const { body, next } = routes(speaker, query, advertiseUrl ?? 'self', this.#cursors);
    return json(body, next === undefined ? {} : { link: `</bgp/routes?${next}>; rel="next"` });
  }

  #explain(agent: string | null): Response {
    if (agent === null)
      return Response.json({ error: 'agent is missing; use /bgp/explain?agent=<id>' }, { status: 400 });
    const explanation = explain(this.#options.speaker, agent);
    if (explanation !== undefined) return json(explanation);
    const error = `There is no route to '${agent}'.${this.#unqualified(agent)}`;
    return Response.json({ error, code: 'AGENT_NOT_FOUND' }, { status: 404 });
  }

  /** Returns a hint for a qualified id such as `server0:weather`, which only calls accept. */
  #unqualified(agent: string): string {
    const id = agent.slice(agent.indexOf(':') + 1);
    if (id === agent || explain(this.#options.speaker, id) === undefined) return '';
    return ` Ask for '${id}' instead; the answer shows every copy.`;
  }
}

function json(body: ReadableStream<Uint8Array>, headers: Record<string, string> = {}): Response {
  return new Response(body, { headers: { 'content-type': 'application/json', ...headers } });
}
