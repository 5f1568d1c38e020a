import type { Source } from '../control-plane/discovery/source.ts';
import type { NextHops, Relay } from '../data-plane/forwarding/ports.ts';
import type { MonitoredServer } from '../control-plane/health/monitor.ts';
import type { AgentChunk, AgentReply, StreamReply } from './api/agent-client.ts';

/**
 * One server that agents are called at, of whatever kind. Every method rejects with a `Failure` alone. A refusal means the same
 * to a call that begins here and to one that is relayed: same code, same answer to whether the agent was reached, and it blames the
 * same party where a server refuses. No request is ever repeated, because an agent that ran twice may have acted twice.
 */
export interface ServerClient extends Source {
  /** Makes a call that begins here. */
  readonly call: NextHops<AgentReply | StreamReply, AgentChunk>['call'];
  /** Sends the call of another router on as it came. */
  readonly relay: Relay;
  /** Measures the server. `isListing` takes in the text of its listing and returns true if it is one. */
  probe(signal: AbortSignal, isListing: (text: string) => boolean): ReturnType<MonitoredServer['probe']>;
}

/** What a client needs to reach its server. */
export interface ServerOptions {
  readonly baseUrl: string;
  readonly fetch: typeof globalThis.fetch;
  /** Masks configured secrets in what is told to callers and to peers. */
  readonly mask: (text: string) => string;
}
