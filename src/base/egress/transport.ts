import { Agent, buildConnector, request, type Dispatcher } from 'undici';
import { Failure } from '../failure/failure.ts';
import { ServerUnreachable } from './failures.ts';
import { addressRefusal, guardedLookup } from './guarded-lookup.ts';

export interface Transport {
  readonly request: (url: URL, options: TransportRequest) => Promise<Dispatcher.ResponseData>;
  readonly close: () => Promise<void>;
}

export interface TransportRequest {
  /** True if only public addresses may be called. */
  readonly guarded: boolean;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly signal?: AbortSignal;
}

const CONNECT_TIMEOUT_MS = 10_000;

export interface TransportLimits {
  readonly maxReplyBytes: number;
  /**
   * Maximum number of connections to one origin. Further requests wait for one of them, whichever caller they are from.
   */
  readonly maxConnections: number;
}

/** Opens connections and reuses them. Guarded and unguarded requests never share a connection. */
export function openTransport(limits: TransportLimits, socketPath?: string): Transport {
  const free = agent(false, limits, socketPath);
  const guardedAgent = agent(true, limits, socketPath);
  return {
    request: (url, { guarded, method, ...options }) =>
      request(url, { ...options, method, dispatcher: guarded ? guardedAgent : free }),
    close: async () => {
      await Promise.all([free.destroy(), guardedAgent.destroy()]);
    },
  };
}

function agent(guarded: boolean, { maxReplyBytes, maxConnections }: TransportLimits, socketPath?: string): Agent {
  const connector = buildConnector({
    timeout: CONNECT_TIMEOUT_MS,
    ...(guarded ? { lookup: guardedLookup } : {}),
    ...(socketPath !== undefined && { socketPath }),
  });
  return new Agent({
    connections: maxConnections,
    maxResponseSize: maxReplyBytes,
    // Only the caller's signal limits the time of an agent.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: (options, callback) => {
      const refused = guarded ? addressRefusal(options.hostname) : undefined;
      if (refused !== undefined) {
        callback(refused, null);
        return;
      }
      connector(options, (...[error, socket]) => {
        if (error === null) callback(null, socket);
        else callback(error instanceof Failure ? error : unreachable(options, error), null);
      });
    },
  });
}

function unreachable({ protocol, host, hostname }: buildConnector.Options, cause: Error): ServerUnreachable {
  return new ServerUnreachable(new URL(`${protocol}//${host ?? hostname}`), cause);
}
