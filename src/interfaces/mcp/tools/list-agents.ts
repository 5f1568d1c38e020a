import { Failure } from '../../../base/failure/failure.ts';
import { FIRST_ROW, rowPlace, type RowPlace } from '../agent-rows.ts';
import type { AgentDirectory, Backend } from '../backend.ts';
import { parseArguments } from '../parse-arguments.ts';
import type { Tool } from '../tool.ts';
import { agentListing } from './agent-listing.ts';
import { inputSchema, outputSchema, type Filter, type Listing } from './list-schema.ts';

const NAME = 'list-agents';

const description = `Lists the agents that agent-proxy can call, by server, with their capabilities.

Use it before the first agent-proxy call of a task, and again after AGENT_NOT_FOUND. It answers from the routing table without polling the servers; pass refresh: true only if an agent was just added or a server just started.

Give agent-proxy an agent's "id": the router then picks the best copy. Use "fullyQualifiedId" for the copy on one server. Ids in summary.agentConflicts exist on several servers; route.best marks the copy that a plain id reaches.

A long list has pages: filter by capability (such as "coding"), server or asn, or pass summary.nextCursor as cursor for the next page. The agents of a server with status "error" cannot be listed now; its "error" says why.`;

/** Tool that lists the agents in the routing table by server. */
export const listAgents: Tool = {
  name: NAME,
  aliases: ['listMastraAgents'],
  title: 'List agents',
  description,
  annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: true },
  inputSchema,
  outputSchema,
  failureFields: {},
  run: async (args, { backend }) => {
    const { cursor, refresh, ...filter } = parseArguments(NAME, inputSchema, args);
    const { directory } = backend;
    const start = cursor === undefined ? FIRST_ROW : placeIn(cursor, filter, backend);
    if (refresh !== true) await directory.firstRound(filter.server);
    checkServer(filter.server, directory);
    if (refresh === true) await directory.refresh(filter.server);
    return listingFrom(start, filter, backend);
  },
};

/** The cursor does not belong to this list. */
class StrangeCursor extends Failure {
  constructor() {
    super(
      'INVALID_REQUEST',
      'cursor is not a nextCursor of this list since this program started. Keep capability, server and asn unchanged, or start again without cursor.',
      { blames: 'caller' },
    );
  }
}

function placeIn(cursor: string, filter: Filter, { lists: { cursors } }: Backend): RowPlace {
  const position = cursors.open(nameOf(filter), cursor);
  if (position === undefined) throw new StrangeCursor();
  return rowPlace(position);
}

function listingFrom(start: RowPlace, filter: Filter, { directory, lists: { maxTokens, cursors } }: Backend): Listing {
  const { listing, next } = agentListing(directory, filter, start, maxTokens);
  if (next === undefined) return listing;
  return { ...listing, summary: { ...listing.summary, nextCursor: cursors.seal(nameOf(filter), next) } };
}

/** Names the list that a cursor belongs to. The name omits `limit`, because pages may differ in size. */
function nameOf({ capability, server, asn }: Filter): string {
  return JSON.stringify([NAME, capability, server, asn]);
}

/** Maximum number of names in a message. Guests can make the full list long. */
const MAX_NAMED = 20;

/** The argument `server` is not the name of a server or peer. */
class UnknownServer extends Failure {
  constructor(server: string, known: readonly string[]) {
    const named = known.slice(0, MAX_NAMED).join(', ') || 'none';
    const more = known.length > MAX_NAMED ? ` and ${known.length - MAX_NAMED} more` : '';
    super('INVALID_REQUEST', `There is no server '${server}'. Known servers: ${named}${more}.`, { blames: 'caller' });
  }
}

function checkServer(server: string | undefined, directory: AgentDirectory): void {
  const known = [...directory.servers(), ...directory.peers()].map(({ name }) => name);
  if (server !== undefined && !known.includes(server)) throw new UnknownServer(server, known);
}
