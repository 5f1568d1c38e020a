import type { Crossed } from '../../core/bgp/packet/crossed.ts';
import { Failure } from '../../base/failure/failure.ts';
import type { UnreadableJson } from '../../base/bodies/parse-json.ts';
import type { Attempt } from './call.ts';

/** The call has returned to a router that it had crossed, or has crossed too many routers. */
export class LoopDetected extends Failure {
  constructor(why: string) {
    super('LOOP_DETECTED', `The call ${why} and goes no further.`, { blames: 'nobody' });
  }
}

/** Throws if a call has crossed too many routers. This also limits the depth of agents that call agents. */
export function checkHopLimit({ hopLimit }: { readonly hopLimit: number }): void {
  if (hopLimit < 1) throw new LoopDetected('has crossed too many routers');
}

/** A peer asks for an agent that was not advertised to it. The reply does not tell whether the agent exists. */
export class NotAdvertised extends Failure {
  constructor(id: string) {
    super('AGENT_NOT_FOUND', `No agent '${id}' is known here.`, { blames: 'nobody' });
  }
}

/** The agent's model is of the older kind and accepts only legacy calls. The message is that of a Mastra server. */
export class OlderCallsWanted extends Failure {
  constructor(id: string, action: string) {
    super('AGENT_ERROR', `Agent '${id}' has a model of the older kind; call the ${action}Legacy() method instead.`, {
      blames: 'caller',
    });
  }
}

/** The request is JSON that no router forwards, because servers would take long to parse it. */
export class RequestUnreadable extends Failure {
  constructor(cause: UnreadableJson) {
    super('INVALID_REQUEST', `The request ${cause.message}. Send less at once.`, { blames: 'caller', cause });
  }
}

/**
 * Returns the message of a failure as a peer may read it, without the addresses of our servers and peers. They are
 * confidential, and to the peer `http://localhost:4111` would be a server of its own.
 */
export function withoutAddresses({ message, details }: Failure, { asn }: Crossed): string {
  const attempts = (details['attempts'] ?? []) as readonly Attempt[];
  const origins = [...new Set(attempts.map(({ nextHop }) => new URL(nextHop).origin))];
  // One origin may be a prefix of another.
  origins.sort((a, b) => b.length - a.length);
  return origins.reduce((text, origin) => text.replaceAll(origin, `AS ${asn}'s next hop`), message);
}
