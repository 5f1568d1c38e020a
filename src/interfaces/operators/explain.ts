import { capabilityNlri } from '../../core/bgp/packet/nlri.ts';
import { callRoutes } from '../../core/bgp/lookup.ts';
import { destination, explain as losses } from '../../core/bgp/view.ts';
import type { Speaker } from '../../core/bgp/state/state.ts';
import { streamedList } from '../../base/lists/streamed-list.ts';
import { learnedRoute } from './shown-route.ts';

/** Maximum number of next hops in an explanation. A call tries far fewer. */
const MAX_NEXT_HOPS = 100;

/**
 * Explains the choice for an agent id or a capability path, as JSON. `best` is the chosen route. `others` states for each
 * route the step or rule by which it lost. `nextHops` lists the next hops of a call in order. `heldUntil` is present if the
 * route is held because it kept changing. Returns undefined if there is no route.
 */
export function explain(speaker: Speaker, id: string): ReadableStream<Uint8Array> | undefined {
  const found = destination(speaker, id) ?? destination(speaker, capabilityNlri(id));
  if (found === undefined) return undefined;
  const { best, heldUntil, nlri } = found;
  const head = JSON.stringify({ agent: id, best: best && learnedRoute(best, true) });
  const nextHops = callRoutes(speaker, nlri, { from: undefined, crossed: [], required: [] })
    .slice(0, MAX_NEXT_HOPS)
    .map(({ attributes }) => attributes.nextHop);
  const tail = JSON.stringify({
    nextHops,
    ...(heldUntil !== undefined && { heldUntil: new Date(heldUntil).toISOString() }),
  });
  const others = losses(speaker, found);
  return streamedList({
    head: `${head.slice(0, -1)},"others":[`,
    tail: `],${tail.slice(1)}`,
    start: 0,
    *after(place): Generator<readonly [number, string]> {
      for (const [at, { route, reason }] of others.slice(place).entries()) {
        yield [place + at + 1, JSON.stringify({ ...learnedRoute(route, false), reason })];
      }
    },
  });
}
