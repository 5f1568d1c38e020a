import type { Origination } from '../bgp/state/event.ts';
import type { AsPath } from '../bgp/packet/as-path.ts';
import { DEFAULT_LOCAL_PREF } from '../bgp/packet/attributes.ts';
import type { Community } from '../bgp/packet/community.ts';
import type { Nlri } from '../bgp/packet/nlri.ts';
import type { Route } from '../bgp/rib/route.ts';
import type { CallReport } from './simulated-call.ts';
import type { Violation } from './invariants.ts';
import type { Oscillation } from './oscillation.ts';
import type { Recording } from './recording.ts';
import type { Router } from './simulated-router.ts';
import type { Direction, Messages, Phase } from './tally.ts';

/** The outcome of a simulated network. The same run gives the same report to the byte. */
export interface Report {
  readonly seed: number;
  /**
   * `converged`: at rest. `oscillation`: tables still changed when the bound was reached. `unsettled`: only sessions were
   * still missing.
   */
  readonly outcome: 'converged' | 'oscillation' | 'unsettled';
  /** The virtual time when the run ended. */
  readonly endedAtMs: number;
  /** The number of events in it. */
  readonly steps: number;
  readonly phases: readonly Phase[];
  readonly messages: Messages;
  readonly directions: readonly Direction[];
  readonly churn: readonly { readonly nlri: Nlri; readonly bestChanges: number }[];
  readonly tables: Readonly<Record<string, readonly Row[]>>;
  /** Entries of all tables of all routers together. */
  readonly entries: { readonly adjRibIn: number; readonly locRib: number; readonly adjRibOut: number };
  /** The agents that routers announce of their own at the end. */
  readonly originations: readonly Originated[];
  readonly violations: readonly Violation[];
  readonly oscillations: readonly Oscillation[];
  /** Links that allow a session and have none, or the reverse, as pairs of routers. */
  readonly unsettledLinks: readonly (readonly [string, string])[];
  readonly calls: readonly CallReport[];
  readonly recordings: Readonly<Record<string, Recording>>;
}

/** An agent, and the router that has it. */
export interface Originated {
  readonly router: string;
  readonly agent: string;
  readonly capabilities: readonly string[];
  readonly localPref: number;
  readonly med: number;
  readonly originTime: number;
  /** The number of the router's origination. */
  readonly origination: string;
}

/** One best route in the table of a router. */
export interface Row {
  readonly nlri: Nlri;
  /** The peer that takes the call, or undefined for an agent of the router's own. */
  readonly via: string | undefined;
  readonly asPath: AsPath;
  readonly localPref: number;
  readonly med: number;
  readonly communities: readonly Community[];
  readonly originTime: number;
  /** The router and the number of its origination; a capability route has none. */
  readonly origination: string | undefined;
}

/** Returns an origination as the report shows it. */
export function originatedBy(router: string, origination: Origination): Originated {
  const { agent, capabilities, localPref = DEFAULT_LOCAL_PREF, med, originTime, label } = origination;
  return { router, agent, capabilities, localPref, med, originTime, origination: label.description };
}

/** Returns a best route as the report shows it. */
export function rowOf({ nlri, source, attributes, label }: Route): Row {
  const { asPath, localPref, med, communities, originTime } = attributes;
  const via = source.kind === 'peer' ? source.id : undefined;
  return { nlri, via, asPath, localPref, med, communities, originTime, origination: label?.description };
}

/** Counts the routes that the routers hold together. */
export function entriesOf(routers: readonly Router[]): Report['entries'] {
  const speakers = routers.flatMap(({ speaker }) => speaker ?? []);
  const peers = speakers.flatMap((speaker) => [...speaker.peers.values()]);
  return {
    adjRibIn: peers.reduce((sum, { adjRibIn }) => sum + adjRibIn.size, 0),
    locRib: speakers.reduce((sum, { locRib }) => sum + locRib.size, 0),
    adjRibOut: peers.reduce((sum, { adjRibOut }) => sum + adjRibOut.size, 0),
  };
}
