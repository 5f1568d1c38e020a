import type { PathAttributes } from '../packet/attributes.ts';
import { WeakTable } from './weak-table.ts';

/**
 * Keeps one object per distinct attribute set, so that routes share it and equality is identity. Its lists are kept once,
 * too: sets differ mostly in few of their values, and what policy makes of a set has the lists of that set. Sets that no
 * route holds are forgotten: the table grows with what is in use, not with what was ever seen.
 */
export class Interner {
  readonly #sets = new WeakTable<PathAttributes>();
  readonly #lists = new WeakTable<object>();
  readonly #numbers = new WeakMap<object, number>();
  #next = 1;

  /** Returns the one object that stands for this set. */
  intern(attributes: PathAttributes): PathAttributes {
    const shared = this.#withSharedLists(attributes);
    const key = this.#keyOf(shared);
    const known = this.#sets.get(key);
    if (known !== undefined) return known;
    this.#sets.add(key, shared);
    return shared;
  }

  /** The number of sets in the table, those included that wait for the next sweep. */
  get size(): number {
    return this.#sets.size;
  }

  #withSharedLists(attributes: PathAttributes): PathAttributes {
    const asPath = this.#list(attributes.asPath);
    const communities = this.#list(attributes.communities);
    const capabilities = this.#list(attributes.capabilities);
    const clusterList = attributes.clusterList && this.#list(attributes.clusterList);
    const unknown = attributes.unknown && this.#list(attributes.unknown);
    if (
      asPath === attributes.asPath &&
      communities === attributes.communities &&
      capabilities === attributes.capabilities &&
      clusterList === attributes.clusterList &&
      unknown === attributes.unknown
    ) {
      return attributes;
    }
    return {
      ...attributes,
      asPath,
      communities,
      capabilities,
      ...(clusterList !== undefined && { clusterList }),
      ...(unknown !== undefined && { unknown }),
    };
  }

  /** Returns the one object that stands for a list, or for anything else that JSON can say. */
  #list<T extends object>(list: T): T {
    if (this.#numbers.has(list)) return list;
    const key = JSON.stringify(list);
    const known = this.#lists.get(key);
    if (known !== undefined) return known as T;
    this.#lists.add(key, list);
    this.#numbers.set(list, this.#next++);
    return list;
  }

  /** Names a set by the numbers of its lists: as long as a set lives, its lists do, and a number is never given twice. */
  #keyOf(a: PathAttributes): string {
    return JSON.stringify([
      this.#numbers.get(a.asPath),
      a.nextHop,
      a.localPref,
      a.med,
      this.#numbers.get(a.communities),
      this.#numbers.get(a.capabilities),
      a.originTime,
      a.performance === undefined ? 0 : [a.performance.responseTimeMs, a.performance.successRate],
      a.originatorId ?? 0,
      a.clusterList === undefined ? 0 : this.#numbers.get(a.clusterList),
      a.aggregate ?? 0,
      a.unknown === undefined ? 0 : this.#numbers.get(a.unknown),
    ]);
  }
}
