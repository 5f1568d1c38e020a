import type { PathAttributes } from '../packet/attributes.ts';
import type { Route } from './route.ts';

/** The most that the routes of all peers together may hold in memory, in bytes. */
export const MAX_BYTES_OF_ALL_PEERS = 192 * 1024 * 1024;

/** What a route costs besides its texts: its places in the tables. */
const ROUTE_BYTES = 192;

/** What a set of attributes costs besides its lists: itself, and its place among the interned sets. */
const SET_BYTES = 384;

/** What a list costs besides its values. */
const LIST_BYTES = 128;

/** What a text costs besides its characters, and what a number does. */
const TEXT_BYTES = 32;
const NUMBER_BYTES = 16;

/** What a value in an attribute costs that is not known here, and the name of one: strange shapes cost most. */
const UNKNOWN_VALUE_BYTES = 64;
const UNKNOWN_NAME_BYTES = 192;

/** The length of a text that is not worth a look at its characters. */
const SHORT = 48;

/** What the routes of all peers hold in memory, in bytes. */
export interface SharedBytes {
  ofAll: number;
}

interface Held {
  readonly bytes: number;
  times: number;
}

/**
 * Counts what the routes of one peer hold in memory, in bytes: what belongs to each of them, and every set of attributes and
 * every list of such once, however many share it. The size of each is an estimate; that it is counted once is exact.
 */
export class Footprint {
  readonly #shared: SharedBytes;
  readonly #held = new Map<object, Held>();
  #bytes = 0;
  /** What was looked up last: routes come many to a set. */
  #last: { readonly set: PathAttributes; readonly held: Held } | undefined;

  constructor(shared: SharedBytes) {
    this.#shared = shared;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Counts a route in, and the one that it replaces out. */
  replace(earlier: Route | undefined, route: Route): void {
    this.#hold(route.received);
    if (route.attributes !== route.received) this.#hold(route.attributes);
    this.#grow(routeBytes(route));
    if (earlier !== undefined) this.remove(earlier);
  }

  remove(route: Route): void {
    this.#release(route.received);
    if (route.attributes !== route.received) this.#release(route.attributes);
    this.#grow(-routeBytes(route));
  }

  #hold(set: PathAttributes): void {
    const held = this.#of(set);
    if (held !== undefined) {
      held.times += 1;
      return;
    }
    this.#add(set, setBytes(set));
    for (const list of listsOf(set)) {
      const known = this.#held.get(list);
      if (known === undefined) this.#add(list, listBytes(list));
      else known.times += 1;
    }
  }

  #release(set: PathAttributes): void {
    const held = this.#of(set);
    if (held === undefined) return;
    held.times -= 1;
    if (held.times > 0) return;
    this.#last = undefined;
    this.#drop(set, held);
    for (const list of listsOf(set)) {
      const known = this.#held.get(list);
      if (known === undefined) continue;
      known.times -= 1;
      if (known.times === 0) this.#drop(list, known);
    }
  }

  #of(set: PathAttributes): Held | undefined {
    if (this.#last?.set === set) return this.#last.held;
    const held = this.#held.get(set);
    if (held !== undefined) this.#last = { set, held };
    return held;
  }

  #add(counted: object, bytes: number): void {
    this.#held.set(counted, { bytes, times: 1 });
    this.#grow(bytes);
  }

  #drop(counted: object, { bytes }: Held): void {
    this.#held.delete(counted);
    this.#grow(-bytes);
  }

  #grow(bytes: number): void {
    this.#bytes += bytes;
    this.#shared.ofAll += bytes;
  }
}

/** What belongs to a route alone, in bytes. */
export function routeBytes({ nlri, life = '', label }: Route): number {
  const shown = label === undefined ? 0 : textBytes(label.name) + textBytes(label.description);
  return ROUTE_BYTES + textBytes(nlri) + textBytes(life) + shown;
}

/** What a set of attributes holds besides its lists, in bytes. */
export function setBytes({ nextHop }: PathAttributes): number {
  return SET_BYTES + 2 * textBytes(nextHop);
}

/** The lists of a set that are kept once, however many sets share them. */
export function listsOf({ asPath, communities, capabilities, clusterList, unknown }: PathAttributes): object[] {
  const lists: object[] = [asPath, communities, capabilities];
  if (clusterList !== undefined) lists.push(clusterList);
  if (unknown !== undefined) lists.push(unknown);
  return lists;
}

/** What a list holds, in bytes: its values, and as much again for the text by which its equals are found. */
export function listBytes(list: object): number {
  if (!Array.isArray(list)) return LIST_BYTES + unknownBytes(list);
  let bytes = LIST_BYTES;
  for (const value of list as unknown[]) {
    if (typeof value === 'string') bytes += 2 * textBytes(value);
    else bytes += 2 * NUMBER_BYTES * (Array.isArray(value) ? 2 + value.length : 1);
  }
  return bytes;
}

/** Its depth was limited when it was read. */
function unknownBytes(value: unknown): number {
  if (typeof value === 'string') return UNKNOWN_VALUE_BYTES + 2 * textBytes(value);
  if (typeof value !== 'object' || value === null) return UNKNOWN_VALUE_BYTES;
  let bytes = UNKNOWN_VALUE_BYTES;
  if (Array.isArray(value)) for (const item of value) bytes += unknownBytes(item);
  else {
    for (const [name, item] of Object.entries(value)) {
      bytes += UNKNOWN_NAME_BYTES + 2 * textBytes(name) + unknownBytes(item);
    }
  }
  return bytes;
}

/** Characters take a byte each where all of them are Latin, and else two. */
function textBytes(text: string): number {
  const { length } = text;
  return TEXT_BYTES + (length <= SHORT || /[\u0100-\uffff]/.test(text) ? 2 * length : length);
}
