import { hash } from 'node:crypto';
import { Failure } from '../../base/failure/failure.ts';
import { TRANSIT_HEADERS, type TransitContext } from './transit-context.ts';
import type { Hop } from './hop.ts';

/**
 * Headers that go on to the calls that an agent makes. Each of those calls chooses its own route and has its own
 * attempts.
 */
export const CONTEXT_NAMES: readonly string[] = [
  TRANSIT_HEADERS.hopLimit,
  TRANSIT_HEADERS.agents,
  'traceparent',
  'tracestate',
];

const MARK_LENGTH = 12;

/** Cache of computed marks, because every call of an agent needs the same one. */
const marks = new Map<string, string>();
const MAX_MARKS = 1_000;

/** The agent is already running for the call that this one is part of. */
export class AgentAtWork extends Failure {
  constructor({ agentId }: Hop) {
    super(
      'LOOP_DETECTED',
      `The agent '${agentId}' already runs for this call: it, or an agent that it called, calls it again. Nothing was sent. Answer without it.`,
      { blames: 'caller' },
    );
  }
}

/** Returns the context that an agent gets of its call, under the names of the headers that it may send on. */
export function contextOf(transit: TransitContext, hop: Hop): Record<string, string> {
  const { hopLimit, agents, traceparent, tracestate } = transit;
  return {
    [TRANSIT_HEADERS.hopLimit]: String(hopLimit),
    [TRANSIT_HEADERS.agents]: [...agents, markOf(hop)].join(', '),
    traceparent,
    ...(tracestate !== undefined && { tracestate }),
  };
}

/**
 * Returns the hops to agents that are not already running for the call. It leaves out all copies of such an agent,
 * because an agent that calls itself over three servers is a loop too. Throws if no hop remains.
 */
export function withoutRecursion(hops: readonly Hop[], { agents }: TransitContext): readonly Hop[] {
  if (agents.length === 0) return hops;
  const atWork = hops.filter((hop) => hop.peer === undefined && agents.includes(markOf(hop)));
  const open = hops.filter(({ agentId }) => !atWork.some((busy) => busy.agentId === agentId));
  const [first] = atWork;
  if (open.length === 0 && first !== undefined) throw new AgentAtWork(first);
  return open;
}

/** Returns the mark of one agent at one server. The mark reveals neither to a reader who does not know them. */
function markOf({ nextHop, agentId }: Hop): string {
  const place = `${nextHop}\n${agentId}`;
  const known = marks.get(place);
  if (known !== undefined) return known;
  const mark = hash('sha256', place, 'base64url').slice(0, MARK_LENGTH);
  if (marks.size >= MAX_MARKS) marks.clear();
  marks.set(place, mark);
  return mark;
}
