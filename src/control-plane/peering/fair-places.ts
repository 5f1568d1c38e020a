/** Members of groups, oldest first. If a place is needed, the largest group loses a member. */
export class FairPlaces<T> {
  readonly #groups = new Map<string, Set<T>>();
  readonly #groupOf = new Map<T, string>();
  /** Groups by size. The last entry has the largest ones. */
  readonly #bySize: Set<string>[] = [];

  get size(): number {
    return this.#groupOf.size;
  }

  /** Adds a member as the newest of a group. */
  add(group: string, member: T): void {
    this.delete(member);
    const members = this.#groups.get(group) ?? new Set();
    this.#groups.set(group, members.add(member));
    this.#groupOf.set(member, group);
    this.#resized(group, members.size - 1, members.size);
  }

  /** Removes a member. Returns true if it was one. */
  delete(member: T): boolean {
    const group = this.#groupOf.get(member);
    const members = group === undefined ? undefined : this.#groups.get(group);
    if (group === undefined || members === undefined) return false;
    this.#groupOf.delete(member);
    members.delete(member);
    if (members.size === 0) this.#groups.delete(group);
    this.#resized(group, members.size + 1, members.size);
    return true;
  }

  /** Returns the largest group and its oldest member. */
  largest(): { readonly group: string; readonly oldest: T } | undefined {
    for (const group of this.#bySize.at(-1) ?? []) {
      for (const oldest of this.#groups.get(group) ?? []) return { group, oldest };
    }
    return undefined;
  }

  /** Returns the oldest member of any group for which `holds` returns true. */
  find(holds: (member: T) => boolean): T | undefined {
    for (const member of this.#groupOf.keys()) if (holds(member)) return member;
    return undefined;
  }

  #resized(group: string, before: number, after: number): void {
    this.#bySize[before]?.delete(group);
    if (after > 0) (this.#bySize[after] ??= new Set()).add(group);
    while (this.#bySize.length > 0 && (this.#bySize.at(-1)?.size ?? 0) === 0) this.#bySize.pop();
  }
}
