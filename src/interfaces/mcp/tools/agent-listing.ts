import { rowsAfter, type AgentRow, type RowPlace } from '../agent-rows.ts';
import type { AgentDirectory } from '../backend.ts';
import { TokenBudget, tokensOf } from '../token-budget.ts';
import type { Conflict, Filter, Listing, ServerAgents } from './list-schema.ts';
import { AS_IT_IS, shortenedFor, shortText, type Shortening } from './shortening.ts';
import { conflictOf, listedAgent, wantedOf, type Wanted } from './wanted-agents.ts';

/** A page of the list. `next` is the place of its last row if more rows follow. */
export interface ListingPage {
  readonly listing: Listing;
  readonly next: RowPlace | undefined;
}

/** Maximum cost of a cursor and of one AS number, in tokens. */
const CURSOR_TOKENS = 100;
const AS_NUMBER_TOKENS = 3;

const MAX_NOTICE_LENGTH = 500;

/** Lists the agents after a place. Shortens long texts and returns a page if the whole list does not fit. */
export function agentListing(
  directory: AgentDirectory,
  filter: Filter,
  start: RowPlace,
  maxTokens: number,
): ListingPage {
  const wanted = wantedOf(directory, filter);
  const whole = new Page(wanted, maxTokens, AS_IT_IS);
  whole.fill(start);
  if (!whole.isCrowded) return whole.shown();
  const short = new Page(wanted, maxTokens, shortenedFor(maxTokens));
  short.fill(start);
  return short.shown();
}

/** A page under construction. It accepts only rows that fit its token budget. */
class Page {
  /** True if a row did not fit. */
  isCrowded = false;
  readonly #wanted: Wanted;
  readonly #maxTokens: number;
  readonly #short: Shortening;
  readonly #budget: TokenBudget;
  /** Servers and peers as shown, by what the filter leaves of them. */
  readonly #servers = new Map<ServerAgents, ServerAgents>();
  readonly #conflicts = new Map<string, Conflict>();
  readonly #peers: Listing['summary']['peers'] = [];
  #count = 0;
  #last: RowPlace | undefined;
  #hasMore = false;

  constructor(wanted: Wanted, maxTokens: number, short: Shortening) {
    this.#wanted = wanted;
    this.#maxTokens = maxTokens;
    this.#short = short;
    this.#budget = new TokenBudget(maxTokens);
  }

  fill(start: RowPlace): void {
    const { sources, peers, directory, isWanted, limit } = this.#wanted;
    this.#budget.take(tokensOf(this.#listing(this.#notice(true))) + CURSOR_TOKENS);
    const serversShare = new TokenBudget(this.#maxTokens * this.#short.serversShare);
    for (const source of sources) {
      const server = this.#server(source);
      if (this.#fits(tokensOf(server) + AS_NUMBER_TOKENS, serversShare)) this.#servers.set(source, server);
    }
    const peersShare = new TokenBudget(this.#maxTokens * this.#short.peersShare);
    for (const peer of peers) if (this.#fits(tokensOf(peer), peersShare)) this.#peers.push(peer);
    for (const [place, row] of rowsAfter(directory.entriesAfter, start, isWanted)) {
      this.#hasMore = this.#count === limit || !this.#addAgent(row);
      if (this.#hasMore) return;
      this.#last = place;
    }
  }

  shown(): ListingPage {
    return { listing: this.#listing(this.#notice(this.#hasMore)), next: this.#hasMore ? this.#last : undefined };
  }

  /**
   * Adds an agent with its server and its conflict. Always adds the first one to a shortened page, because paging would
   * not advance otherwise.
   */
  #addAgent(row: AgentRow): boolean {
    const source = this.#wanted.sourceOf(row);
    if (source === undefined) return true;
    const known = this.#servers.get(source);
    const server = known ?? this.#server(source);
    const agent = this.#short.agent(listedAgent(row));
    const conflict = this.#conflicts.has(agent.id) ? undefined : this.#conflictOf(row);
    const cost =
      tokensOf(agent) +
      (known === undefined ? tokensOf(server) + AS_NUMBER_TOKENS : 0) +
      (conflict === undefined ? 0 : tokensOf(conflict));
    if (!this.#fits(cost) && (this.#count > 0 || this.#short === AS_IT_IS)) return false;
    this.#servers.set(source, server);
    server.agents.push(agent);
    if (conflict !== undefined) this.#conflicts.set(agent.id, conflict);
    this.#count += 1;
    return true;
  }

  #server(source: ServerAgents): ServerAgents {
    return { ...this.#short.server(source), agents: [] };
  }

  #conflictOf({ entry }: AgentRow): Conflict | undefined {
    const conflict = conflictOf(entry, this.#wanted);
    return conflict && this.#short.conflict(conflict);
  }

  #fits(tokens: number, share?: TokenBudget): boolean {
    const fits = share?.take(tokens) !== false && this.#budget.take(tokens);
    if (!fits) this.isCrowded = true;
    return fits;
  }

  #listing(notice: string): Listing {
    const { sources, peers, counts, conflicts, directory } = this.#wanted;
    const serverAgents = sources.flatMap((source) => this.#servers.get(source) ?? []);
    return {
      serverAgents,
      summary: {
        ...counts,
        shown: this.#count,
        agentConflicts: [...this.#conflicts.values()],
        ...(conflicts > this.#conflicts.size && { totalConflicts: conflicts }),
        asNumbers: [...new Set([directory.asn, ...serverAgents.map(({ asn }) => asn)])],
        peers: this.#peers,
        ...(peers.length > this.#peers.length && { totalPeers: peers.length }),
        ...(notice !== '' && { notice }),
      },
    };
  }

  /** Returns the notice of the directory and a hint at further pages. */
  #notice(hasMore: boolean): string {
    const more = `More agents follow: pass summary.nextCursor as cursor, or filter by capability, server or asn.`;
    return [shortText(this.#wanted.directory.notice() ?? '', MAX_NOTICE_LENGTH), ...(hasMore ? [more] : [])]
      .filter((sentence) => sentence !== '')
      .join(' ');
  }
}
