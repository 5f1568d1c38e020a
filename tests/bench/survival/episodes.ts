import { setTimeout as pass } from 'node:timers/promises';
import type { Random } from '../../../src/core/simulator/random.ts';
import type { Load, Outcome } from './load.ts';
import { MISHAPS, type Mishap, type Patient } from './patient.ts';

/** One mishap of one server. */
export interface Episode {
  readonly server: string;
  readonly url: string;
  readonly mishap: Mishap;
  readonly from: number;
  /** When the server was well again. */
  readonly until: number;
}

/** After this time a server that is well again should have been called. */
const RETURN_MS = 90_000;
const LOOK_MS = 100;

/** Lets one mishap after the other happen, to every server each of them in turn, in an order and for times that are drawn. */
export class Episodes {
  readonly done: Episode[] = [];
  readonly #patients: readonly Patient[];
  readonly #load: Load;
  readonly #random: Random;

  constructor(patients: readonly Patient[], load: Load, random: Random) {
    this.#patients = patients;
    this.#load = load;
    this.#random = random;
  }

  /** Goes on until the time, then waits until every server is called again. */
  async run(endsAt: number, note: (text: string) => void): Promise<void> {
    const random = this.#random;
    const mishapsOf = new Map(this.#patients.map((patient) => [patient, random.shuffle(MISHAPS)]));
    for (let round = 0; performance.now() < endsAt; round++) {
      for (const patient of random.shuffle(this.#patients)) {
        if (performance.now() >= endsAt) break;
        const mishap = mishapsOf.get(patient)?.[round % MISHAPS.length] ?? 'killed';
        await this.#whenBack(patient);
        note(`${patient.name} is ${mishap}`);
        await this.#episode(patient, mishap);
        await pass(random.between(3_000, 6_000));
      }
    }
    for (const patient of this.#patients) await this.#whenBack(patient);
  }

  async #episode(patient: Patient, mishap: Mishap): Promise<void> {
    const { name: server, url } = patient;
    const from = performance.now();
    await patient.strike(mishap);
    await pass(this.#random.between(7_000, 12_000));
    await patient.restore();
    this.done.push({ server, url, mishap, from, until: performance.now() });
  }

  /** Resolves when a server has answered a call since its last mishap, or when it should have. */
  async #whenBack({ url }: Patient): Promise<void> {
    const last = this.done.findLast((episode) => episode.url === url);
    if (last === undefined) return;
    const givesUpAt = last.until + RETURN_MS;
    while (returnedAt(last, this.#load.outcomes) === undefined && performance.now() < givesUpAt) await pass(LOOK_MS);
  }
}

/** When a call was first answered by the server of an episode after that; undefined if none was. */
export function returnedAt({ url, until }: Episode, outcomes: readonly Outcome[]): number | undefined {
  const back = outcomes.find(
    ({ startedAt, attempts }) =>
      startedAt > until && attempts.at(-1)?.nextHop === url && attempts.at(-1)?.outcome === 'ok',
  );
  return back?.startedAt;
}
