import { blameOf } from './refusal-meaning.ts';
import { Failure, type FailureOptions } from '../../base/failure/failure.ts';
import type { StreamReply } from './agent-client.ts';

export class AgentGone extends Failure {
  constructor(agentId: string, server: string) {
    super(
      'AGENT_NOT_FOUND',
      `${server} has no agent '${agentId}' (any more). Use list-agents with refresh for its current agents.`,
      { blames: 'nobody' },
    );
  }
}

export class AgentFailed extends Failure {
  constructor(agentId: string, message: string, options: Partial<Pick<FailureOptions, 'blames' | 'details'>> = {}) {
    super('AGENT_ERROR', `The agent '${agentId}' failed: ${message || 'no reason given'}.`, {
      blames: 'server',
      reached: 'yes',
      ...options,
    });
  }
}

/** The server rejects the call as unauthenticated or not permitted. */
export class CallRefused extends Failure {
  constructor(server: string, status: number, message: string) {
    super(
      'SERVER_UNAVAILABLE',
      `${server} rejects the call (HTTP ${status}${message && `: ${message}`}). Check the headers configured for this ` +
        'server; a thread works only with its own resourceId.',
      { blames: 'caller', reached: 'maybe', details: { status } },
    );
  }
}

export class RequestRejected extends Failure {
  constructor(agentId: string, status: number, message: string) {
    super(
      'INVALID_REQUEST',
      `The agent '${agentId}' does not accept the request (HTTP ${status}${message && `: ${message}`}). Correct its ` +
        'messages and options.',
      { blames: 'caller', reached: 'maybe', details: { status } },
    );
  }
}

export class RateLimited extends Failure {
  constructor(server: string, retryAfter: string | undefined) {
    super(
      'SERVER_UNAVAILABLE',
      `${server} is rate limiting calls (HTTP 429). Retry ${retryAfter === undefined ? 'later' : `after ${retryAfter}`}.`,
      {
        blames: 'server',
        reached: 'maybe',
        details: { status: 429, ...(retryAfter === undefined ? {} : { retryAfter }) },
      },
    );
  }
}

export class ServerBroken extends Failure {
  constructor(server: string, status: number) {
    super('SERVER_UNAVAILABLE', `${server} cannot serve the call (HTTP ${status}). Check the server and its log.`, {
      blames: blameOf(status),
      reached: 'maybe',
      details: { status },
    });
  }
}

/** A process answers that is not a Mastra server. */
export class ForeignReply extends Failure {
  constructor(server: string, what: string, reached: 'no' | 'maybe') {
    super(
      'SERVER_UNAVAILABLE',
      `${server} does not answer like a Mastra server (${what}). Check that its URL is the base URL, without /api.`,
      { blames: 'server', reached },
    );
  }
}

type SaidUntilThen = Pick<StreamReply, 'text' | 'chunks' | 'timings'>;

/** A stream ended before its `finish`. The failure carries the output until then. */
export class PartialStream extends Failure {
  constructor(agentId: string, { text, chunks, timings }: SaidUntilThen, cause: Failure | undefined) {
    const isLate = cause?.code === 'TIMEOUT';
    super(
      isLate ? 'TIMEOUT' : 'AGENT_ERROR',
      `The stream of agent '${agentId}' ended before it was complete, after ${chunks} chunks${cause ? `. ${cause.message}` : '.'} ` +
        'The output so far is in responseData.',
      {
        blames: 'server',
        isSilent: isLate,
        reached: 'yes',
        details: {
          responseData: { type: 'partial_stream', text: text.slice(0, MAX_PARTIAL_TEXT), chunks, ...timings },
        },
        cause,
      },
    );
  }
}

const MAX_PARTIAL_TEXT = 1_000_000;
