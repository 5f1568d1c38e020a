import type { DampingRules } from '../bgp/damping/penalty.ts';
import type { Asn } from '../bgp/packet/asn.ts';
import type { Community } from '../bgp/packet/community.ts';
import type { RouterId } from '../bgp/packet/router-id.ts';
import type { Policy } from '../bgp/policy/policy.ts';

/** Routers, what they announce, and what connects them: all that a simulated network consists of. */
export interface Topology {
  readonly routers: readonly RouterSpec[];
  readonly links: readonly LinkSpec[];
}

export interface RouterSpec {
  readonly name: string;
  readonly asn: Asn;
  readonly routerId: RouterId;
  readonly policy?: Policy;
  readonly agents: readonly AgentSpec[];
}

export interface AgentSpec {
  readonly id: string;
  readonly capabilities: readonly string[];
  readonly communities: readonly Community[];
  readonly med: number;
  readonly localPref?: number;
}

export interface LinkSpec {
  readonly between: readonly [string, string];
  /** One way, in milliseconds; drawn from the range of the run when absent. */
  readonly latencyMs?: number;
  /** By the name of a router: what it has configured for the other one. */
  readonly ends: Readonly<Partial<Record<string, EndSpec>>>;
}

/** The settings of one router for the other end of a link. */
export interface EndSpec {
  readonly client: boolean;
  readonly passive: boolean;
  /** The minimum route advertisement interval in milliseconds (RFC 4271 §9.2.1.1). */
  readonly mrai: number;
  readonly restartTimeSeconds: number;
  readonly holdTimeSeconds: number;
  readonly maxRoutes: number;
  readonly proofs: boolean;
  readonly damping: DampingRules | undefined;
  readonly policy: Policy | undefined;
}

/** The settings of a link end that the topology does not describe. */
export const DEFAULT_END: EndSpec = {
  client: false,
  passive: false,
  mrai: 0,
  restartTimeSeconds: 0,
  holdTimeSeconds: 90,
  maxRoutes: 1_000_000,
  proofs: true,
  damping: undefined,
  policy: undefined,
};

/** Returns an agent of which only the id is known. */
export function agentSpec(id: string, rest: Partial<AgentSpec> = {}): AgentSpec {
  return { id, capabilities: [], communities: [], med: 0, ...rest };
}

/** Returns the identifier of the router at a place in the list that was given none: 10.0.0.1 and on. */
export function routerIdAt(index: number): RouterId {
  const number = index + 1;
  return `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`;
}

/** Names the link between two routers, whichever is named first. */
export function linkKey(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}
