import type { Source } from '../control-plane/discovery/source.ts';
import type { NextHops, Relay } from '../data-plane/forwarding/ports.ts';
import type { MonitoredServer } from '../control-plane/health/monitor.ts';
import type { AgentChunk, AgentReply, StreamReply } from './api/agent-client.ts';

/**
 * One server of any kind, at which agents are called. Every method rejects only with a `Failure`. A refusal means the
 * same to a call that begins here and to a relayed one: it has the same code, reports equally whether the agent was
 * reached, and blames the same party if a server refuses. No request is retried, because an agent that ran twice may
 * have acted twice.
 */
export interface ServerClient extends Source {
  /** Makes a call that begins here. */
  readonly call: NextHops<AgentReply | StreamReply, AgentChunk>['call'];
  /** Relays a call of another router unchanged. */
  readonly relay: Relay;
  /** Measures the server. `isListing` receives the text of its listing and returns true if it is one. */
  probe(signal: AbortSignal, isListing: (text: string) => boolean): ReturnType<MonitoredServer['probe']>;
}

/** Options of a client for one server. */
export interface ServerOptions {
  readonly baseUrl: string;
  readonly fetch: typeof globalThis.fetch;
  /** Masks configured secrets in texts for callers and peers. */
  readonly mask: (text: string) => string;
}
