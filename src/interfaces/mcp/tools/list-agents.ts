import { Failure } from '../../../base/failure/failure.ts';
import { FIRST_ROW, rowPlace, type RowPlace } from '../agent-rows.ts';
import type { AgentDirectory, Backend } from '../backend.ts';
import { parseArguments } from '../parse-arguments.ts';
import type { Tool } from '../tool.ts';
import { agentListing } from './agent-listing.ts';
import { inputSchema, outputSchema, type Filter, type Listing } from './list-schema.ts';

const NAME = 'list-agents';

const description = `Lists the agents that agent-proxy can call, server by server, with what each is good at.

Use it before the first agent-proxy call of a task, and again when a call says AGENT_NOT_FOUND. It answers at once from the routing table, without asking the servers; pass refresh: true only when an agent was just added or a server just started.

Give agent-proxy an agent's "id": the router then picks the best copy. Use "fullyQualifiedId" when it has to be the copy on one server. Ids in summary.agentConflicts exist on several servers; route.best marks the copy that a plain id reaches.

A long list comes in pages: narrow it with capability (such as "coding"), server or asn, or pass summary.nextCursor as cursor for the next page. A server with status "error" has agents that cannot be listed now: its "error" says why.`;

/** Shows the routing table as agents by server. */
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

/** A cursor is none that `list-agents` gave for this list. */
class StrangeCursor extends Failure {
  constructor() {
    super(
      'INVALID_REQUEST',
      'cursor is not the nextCursor of a list with the same capability, server and asn, given since this program started. Call list-agents without cursor to begin anew.',
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

/** The list that a cursor belongs to: its pages may differ in size. */
function nameOf({ capability, server, asn }: Filter): string {
  return JSON.stringify([NAME, capability, server, asn]);
}

/** More names than this are not listed: there may be as many as there are guests. */
const MAX_NAMED = 20;

/** `server` names none of the servers. */
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
