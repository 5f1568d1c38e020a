import type { Update } from '../bgp/packet/message.ts';

/** The messages that were sent, counted. */
export interface Messages {
  /** UPDATE messages; one carries many announcements and withdrawals. */
  readonly updates: number;
  readonly announcements: number;
  readonly withdrawals: number;
  /** Announcements of a route whose life has ended at its origin: what path hunting consists of. */
  readonly bogus: number;
}

/** The messages that one router sent to another, counted. */
export interface Direction extends Messages {
  readonly from: string;
  readonly to: string;
}

type Counts = { -readonly [key in keyof Messages]: number };

/** The events between one intervention and the next. */
export interface Phase {
  readonly atMs: number;
  /** The interventions at its beginning. */
  readonly actions: readonly string[];
  /** The time from the beginning of a phase to its last change of a table or message about a route. */
  readonly convergedAfterMs: number;
  readonly messages: Messages;
  readonly bestChanges: number;
}

interface OpenPhase {
  readonly atMs: number;
  readonly actions: string[];
  lastChangeAt: number;
  readonly messages: Counts;
  bestChanges: number;
}

/** Counts what a network says and how often it changes its mind. */
export class Tally {
  readonly #phases: OpenPhase[] = [];
  readonly #directions = new Map<string, Direction & Counts>();
  readonly #churn = new Map<string, number>();
  #phase: OpenPhase;

  constructor(first: string) {
    this.#phase = this.#open(0, first);
  }

  get phases(): Phase[] {
    return this.#phases.map(({ lastChangeAt, ...phase }) => ({
      ...phase,
      convergedAfterMs: lastChangeAt - phase.atMs,
    }));
  }

  get directions(): readonly Direction[] {
    return [...this.#directions.values()];
  }

  /** The number of changes of each route, at all routers together. */
  get churn(): { readonly nlri: string; readonly bestChanges: number }[] {
    return [...this.#churn].map(([nlri, bestChanges]) => ({ nlri, bestChanges }));
  }

  /** Begins a phase with an intervention; those at one time share it. */
  intervene(now: number, action: string): void {
    if (this.#phase.atMs === now) this.#phase.actions.push(action);
    else this.#phase = this.#open(now, action);
  }

  sent(now: number, from: string, to: string, update: Update, bogus: number): void {
    const { reach, withdrawn } = update;
    const key = `${from} ${to}`;
    const direction = this.#directions.get(key) ?? { from, to, ...nothing() };
    this.#directions.set(key, direction);
    for (const counts of [direction, this.#phase.messages]) {
      counts.updates++;
      counts.announcements += reach.length;
      counts.withdrawals += withdrawn.length;
      counts.bogus += bogus;
    }
    // An end of RIB says nothing of a route.
    if (reach.length + withdrawn.length > 0) this.#phase.lastChangeAt = now;
  }

  bestChanged(now: number, nlri: string): void {
    this.#churn.set(nlri, (this.#churn.get(nlri) ?? 0) + 1);
    this.#phase.bestChanges++;
    this.#phase.lastChangeAt = now;
  }

  #open(atMs: number, action: string): OpenPhase {
    const phase = { atMs, actions: [action], lastChangeAt: atMs, messages: nothing(), bestChanges: 0 };
    this.#phases.push(phase);
    return phase;
  }
}

function nothing(): Counts {
  return { updates: 0, announcements: 0, withdrawals: 0, bogus: 0 };
}

/** Returns the sum of what was said. */
export function totalOf(counted: readonly { readonly messages: Messages }[]): Messages {
  const total = nothing();
  for (const { messages } of counted) {
    for (const key of ['updates', 'announcements', 'withdrawals', 'bogus'] as const) total[key] += messages[key];
  }
  return total;
}
