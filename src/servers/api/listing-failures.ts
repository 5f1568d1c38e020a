import { Failure } from '../../base/failure/failure.ts';

/** The server answers, but rejects the request for its agents. */
export class ListingRefused extends Failure {
  constructor(server: string, status: number) {
    super('SERVER_UNAVAILABLE', `${server} does not list its agents (HTTP ${status}). ${advice(status)}`, {
      blames: 'server',
      reached: 'yes',
      details: { status },
    });
  }
}

/** The answering process is not a Mastra server. */
export class ForeignListing extends Failure {
  constructor(server: string, options: { cause?: unknown } = {}) {
    super(
      'SERVER_UNAVAILABLE',
      `${server} does not answer like a Mastra server. Check that its URL is the base URL, without /api.`,
      { blames: 'server', reached: 'yes', ...options },
    );
  }
}

function advice(status: number): string {
  switch (status) {
    case 401:
    case 403:
    case 407:
      return 'Check the headers configured for this server.';
    case 404:
      return 'Check that its URL is the base URL of a Mastra server, without /api.';
    case 429:
      return 'Discovery retries less often.';
    default:
      return 'Check the server and its log.';
  }
}
