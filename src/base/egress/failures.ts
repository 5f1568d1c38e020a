import { Failure } from '../failure/failure.ts';

/** A URL from an untrusted source leads to a special address. */
export class AddressRefused extends Failure {
  constructor(host: string, address: string, kind: string) {
    super(
      'DENIED_BY_POLICY',
      `${host} leads to the ${kind} address ${address}, which is called only for a configured server. ` +
        'Add the server to MASTRA_SERVERS or to the config file if it is yours.',
      { blames: 'nobody', reached: 'no', details: { rule: 'address', address } },
    );
  }
}

/** The call contains data that does not fit into a request, such as a line break in a header. No server is to blame. */
export class UnsendableRequest extends Failure {
  constructor(url: URL, cause: Error) {
    super(
      'INVALID_REQUEST',
      `The call cannot be sent to ${url.origin}, because a part of it does not fit into an HTTP request. ` +
        'Nothing was sent. Use only letters, digits and punctuation in values that travel in headers.',
      { blames: 'caller', reached: 'no', cause },
    );
  }
}

/** No connection was established, so nothing was sent. */
export class ServerUnreachable extends Failure {
  constructor(url: URL, cause: Error) {
    super('SERVER_UNAVAILABLE', `No connection to ${url.origin}: ${reason(cause)}.`, {
      blames: 'server',
      isSilent: true,
      reached: 'no',
      cause,
    });
  }
}

/** Redirects that repeat the request elsewhere. The server did not act on it (RFC 9110 §15.4). */
const NOT_ACTED_UPON = [307, 308];

/** The server redirects to another address, for which our credentials and rules may not hold. */
export class RedirectRefused extends Failure {
  constructor(url: URL, status: number) {
    super(
      'SERVER_UNAVAILABLE',
      `${url.origin} redirects to another address (HTTP ${status}); redirects are not followed. ` +
        'Configure the URL at which the server itself answers.',
      { blames: 'server', reached: NOT_ACTED_UPON.includes(status) ? 'no' : 'maybe' },
    );
  }
}

/** The connection broke after the request was sent. */
export class ConnectionLost extends Failure {
  constructor(url: URL, cause: unknown, reached: 'maybe' | 'yes') {
    super(
      'SERVER_UNAVAILABLE',
      `${url.origin} broke the connection before its reply was complete. Check the server and its log.`,
      { blames: 'server', isSilent: true, reached, cause },
    );
  }
}

export class ReplyTooLarge extends Failure {
  constructor(url: URL, limitBytes: number) {
    super(
      'AGENT_ERROR',
      `The reply of ${url.origin} is larger than ${Math.round(limitBytes / 1_000_000)} MB and was cut off. ` +
        'Request less at once.',
      { blames: 'server', reached: 'yes' },
    );
  }
}

/** The deadline passed before the reply was complete. */
export class DeadlinePassed extends Failure {
  constructor(url: URL, cause: unknown) {
    super(
      'TIMEOUT',
      `${url.origin} did not complete its reply in time. Allow more time, or check the server and its log.`,
      { blames: 'server', isSilent: true, reached: 'maybe', cause },
    );
  }
}

/** The caller cancelled the call, so no caller sees this failure. */
export class CallCancelled extends Failure {
  constructor(url: URL, cause: unknown) {
    super('TIMEOUT', `The call to ${url.origin} was cancelled.`, {
      blames: 'nobody',
      reached: 'maybe',
      cause,
    });
  }
}

function reason(cause: Error): string {
  const code = 'code' in cause ? String(cause.code) : '';
  switch (code) {
    case 'ECONNREFUSED':
      return 'connection refused (ECONNREFUSED). Start the server or correct its URL';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `its name cannot be resolved (${code}). Correct the URL or check the network`;
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'ETIMEDOUT':
      return `no response (${code}). Check its URL, the network and firewalls`;
    default:
      return `${code || cause.name}. Check its URL, its certificate and the network`;
  }
}
