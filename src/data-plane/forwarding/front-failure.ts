import type { Crossed } from '../../core/bgp/packet/crossed.ts';
import { Failure } from '../../base/failure/failure.ts';
import type { UnreadableJson } from '../../base/bodies/parse-json.ts';
import type { Attempt } from './call.ts';

/** The call has come back to a router that it had crossed, or has crossed too many. */
export class LoopDetected extends Failure {
  constructor(why: string) {
    super('LOOP_DETECTED', `The call ${why} and goes no further.`, { blames: 'nobody' });
  }
}

/** Also bounds how deep agents that call agents can go. */
export function checkHopLimit({ hopLimit }: { readonly hopLimit: number }): void {
  if (hopLimit < 1) throw new LoopDetected('has crossed too many routers');
}

/** A peer asks for what it was not told of: it learns no more than that. */
export class NotAdvertised extends Failure {
  constructor(id: string) {
    super('AGENT_NOT_FOUND', `No agent '${id}' is known here.`, { blames: 'nobody' });
  }
}

/** The model of the agent is of the older kind, which takes the older calls alone. The words are those of a Mastra server. */
export class OlderCallsWanted extends Failure {
  constructor(id: string, action: string) {
    super('AGENT_ERROR', `Agent '${id}' has a model of the older kind; call the ${action}Legacy() method instead.`, {
      blames: 'caller',
    });
  }
}

/** The request is JSON of a shape that no router passes on: servers would take long to parse it. */
export class RequestUnreadable extends Failure {
  constructor(cause: UnreadableJson) {
    super('INVALID_REQUEST', `The request ${cause.message}. Say less at once.`, { blames: 'caller', cause });
  }
}

/**
 * What a peer is told of a failure: everything but where our servers and peers are. That is ours alone to know, and to the
 * peer `http://localhost:4111` would be a server of its own.
 */
export function withoutAddresses({ message, details }: Failure, { asn }: Crossed): string {
  const attempts = (details['attempts'] ?? []) as readonly Attempt[];
  const origins = [...new Set(attempts.map(({ nextHop }) => new URL(nextHop).origin))];
  // One origin may be the beginning of another.
  origins.sort((a, b) => b.length - a.length);
  return origins.reduce((text, origin) => text.replaceAll(origin, `AS ${asn}'s next hop`), message);
}
