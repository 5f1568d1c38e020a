import type { AsPath } from '../packet/as-path.ts';
import type { PathAttributes } from '../packet/attributes.ts';
import type { Route } from './route.ts';

/** The most that the routes of all peers together may hold in memory, in bytes. */
export const MAX_BYTES_OF_ALL_PEERS = 192 * 1024 * 1024;

/** The bytes of a route besides its texts: its places in the tables. */
const ROUTE_BYTES = 192;

/** The bytes that it takes to find a route by one of its capabilities. */
const CAPABILITY_BYTES = 48;

/** The bytes of a set of attributes besides its lists, as it came and after import policy. */
const SET_BYTES = 768;

/** The bytes of a list besides its values. */
const LIST_BYTES = 128;

/** The bytes of a text besides its characters, and of a number. */
const TEXT_BYTES = 24;
const NUMBER_BYTES = 8;

/** The number of copies of a list: its values, and the texts by which it, and what policy or export make of it, are found. */
const COPIES = 3;

/** The bytes of a value, and of its name, in an attribute that is not known here: strange shapes cost most. */
const UNKNOWN_VALUE_BYTES = 64;
const UNKNOWN_NAME_BYTES = 192;

/** The length of a text that is not worth a look at its characters. */
const SHORT = 48;

/** The memory that the routes of all peers hold, in bytes. */
export interface SharedBytes {
  ofAll: number;
}

interface Held {
  readonly bytes: number;
  routes: number;
}

/**
 * Counts what the routes of one peer hold in memory, in bytes: what belongs to each of them, and every set of attributes
 * once, however many of them came with it. The size of each is an estimate; that it is counted once is exact.
 */
export class Footprint {
  readonly #shared: SharedBytes;
  readonly #held = new Map<PathAttributes, Held>();
  #bytes = 0;
  /** The set that was looked up last: many routes share a set. */
  #last: { readonly set: PathAttributes; readonly held: Held } | undefined;

  constructor(shared: SharedBytes) {
    this.#shared = shared;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Counts a route in, and the one that it replaces out. */
  replace(earlier: Route | undefined, route: Route): void {
    const held = this.#of(route.received);
    if (held === undefined) {
      const bytes = attributesBytes(route.received);
      this.#held.set(route.received, { bytes, routes: 1 });
      this.#grow(bytes);
    } else held.routes += 1;
    this.#grow(routeBytes(route));
    if (earlier !== undefined) this.remove(earlier);
  }

  remove(route: Route): void {
    this.#grow(-routeBytes(route));
    const held = this.#of(route.received);
    if (held === undefined) return;
    held.routes -= 1;
    if (held.routes > 0) return;
    this.#last = undefined;
    this.#held.delete(route.received);
    this.#grow(-held.bytes);
  }

  #of(set: PathAttributes): Held | undefined {
    if (this.#last?.set === set) return this.#last.held;
    const held = this.#held.get(set);
    if (held !== undefined) this.#last = { set, held };
    return held;
  }

  #grow(bytes: number): void {
    this.#bytes += bytes;
    this.#shared.ofAll += bytes;
  }
}

/** Returns the bytes that belong to a route alone. */
export function routeBytes({ nlri, life = '', label, received }: Route): number {
  const shown = label === undefined ? 0 : textBytes(label.name) + textBytes(label.description);
  const found = CAPABILITY_BYTES * received.capabilities.length;
  return ROUTE_BYTES + textBytes(nlri) + textBytes(life) + shown + found;
}

/** Returns the bytes of a set of attributes, with those of its copies on import and export. */
export function attributesBytes(attributes: PathAttributes): number {
  const { asPath, nextHop, communities, capabilities, clusterList = [], unknown } = attributes;
  let bytes = SET_BYTES + textBytes(nextHop) + COPIES * pathBytes(asPath);
  for (const texts of [communities, capabilities, clusterList]) {
    if (texts.length === 0) continue;
    bytes += LIST_BYTES;
    for (const text of texts) bytes += COPIES * textBytes(text);
  }
  return unknown === undefined ? bytes : bytes + LIST_BYTES + unknownBytes(unknown);
}

function pathBytes(asPath: AsPath): number {
  let numbers = 0;
  for (const hop of asPath) numbers += typeof hop === 'number' ? 1 : hop.length + 2;
  return NUMBER_BYTES * numbers;
}

/** Returns the bytes of an unknown value. Its depth was limited when it was read. */
function unknownBytes(value: unknown): number {
  if (typeof value === 'string') return UNKNOWN_VALUE_BYTES + COPIES * textBytes(value);
  if (typeof value !== 'object' || value === null) return UNKNOWN_VALUE_BYTES;
  let bytes = UNKNOWN_VALUE_BYTES;
  if (Array.isArray(value)) for (const item of value) bytes += unknownBytes(item);
  else {
    for (const [name, item] of Object.entries(value)) {
      bytes += UNKNOWN_NAME_BYTES + COPIES * textBytes(name) + unknownBytes(item);
    }
  }
  return bytes;
}

/** Characters take a byte each where all of them are Latin, and else two. */
function textBytes(text: string): number {
  const { length } = text;
  return TEXT_BYTES + (length <= SHORT || /[\u0100-\uffff]/.test(text) ? 2 * length : length);
}
