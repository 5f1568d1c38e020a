import { tokensOf } from '../token-budget.ts';
import type { Conflict, ListedAgent, ServerAgents } from './list-schema.ts';

/** Rules for shortening the parts of a list. */
export interface Shortening {
  /** Shares of the tokens for servers without their agents, and for peers. */
  readonly serversShare: number;
  readonly peersShare: number;
  readonly agent: (agent: ListedAgent) => ListedAgent;
  readonly server: (server: ServerAgents) => ServerAgents;
  readonly conflict: (conflict: Conflict) => Conflict;
}

/** Keeps every part unchanged. */
export const AS_IT_IS: Shortening = {
  serversShare: 1,
  peersShare: 1,
  agent: (agent) => agent,
  server: (server) => server,
  conflict: (conflict) => conflict,
};

const TEXT_LENGTH = 160;
const NAME_LENGTH = 80;
const URL_LENGTH = 200;
const MAX_PATH = 16;
const MAX_CONFLICTING = 10;

/** Largest share of all tokens for one agent. */
const AGENT_SHARE = 1 / 12;

/**
 * Returns rules that shorten texts and lists to make room for several agents. Ids stay whole, because calls need them.
 */
export function shortenedFor(maxTokens: number): Shortening {
  const agentTokens = maxTokens * AGENT_SHARE;
  return {
    serversShare: 1 / 4,
    peersShare: 1 / 8,
    agent: (agent) => (tokensOf(agent) <= agentTokens ? agent : shortAgent(agent, agentTokens)),
    server: (server) => ({
      ...server,
      serverUrl: shortText(server.serverUrl, URL_LENGTH),
      serverDescription: shortText(server.serverDescription, TEXT_LENGTH),
      ...(server.error !== undefined && { error: shortText(server.error, TEXT_LENGTH) }),
    }),
    conflict: ({ agentId, servers }) => ({ agentId, servers: servers.slice(0, MAX_CONFLICTING) }),
  };
}

function shortAgent(agent: ListedAgent, tokens: number): ListedAgent {
  const { route, capabilities } = agent;
  const bare: ListedAgent = {
    ...agent,
    name: shortText(agent.name, NAME_LENGTH),
    description: shortText(agent.description, TEXT_LENGTH),
    capabilities: [],
    route: {
      ...route,
      asPath: route.asPath.slice(0, MAX_PATH),
      nextHop: shortText(route.nextHop, URL_LENGTH),
      communities: [],
    },
    cut: true,
  };
  const room = (tokens - tokensOf(bare)) / 2;
  const communities = asManyAsFit(route.communities, room);
  return { ...bare, capabilities: asManyAsFit(capabilities, room), route: { ...bare.route, communities } };
}

/** Truncates a text without splitting a surrogate pair. An ellipsis marks the truncation. */
export function shortText(text: string, length: number): string {
  if (text.length <= length) return text;
  const isHalf = /[\uD800-\uDBFF]/.test(text.charAt(length - 2));
  return `${text.slice(0, isHalf ? length - 2 : length - 1)}…`;
}

function asManyAsFit(texts: readonly string[], tokens: number): string[] {
  let left = tokens;
  const end = texts.findIndex((text) => (left -= tokensOf(text)) < 0);
  return texts.slice(0, end === -1 ? texts.length : end);
}
