/** An agent as its server lists it, cleaned: safe to show and to route on. */
export interface DiscoveredAgent {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** Set where the server says that its model is of the older kind. */
  readonly modelVersion?: 'v1';
  /** Canonical capability paths, without duplicates, in a fixed order. */
  readonly capabilities: readonly string[];
  /** Whether the capabilities were guessed from words, because the agent declares none. */
  readonly inferred: boolean;
  readonly communities: readonly string[];
}

/** What a server answered, and what of it could not be used. */
export interface Listing {
  readonly agents: readonly DiscoveredAgent[];
  /** Whole sentences for the server's status, such as about ids that cannot be routed. */
  readonly notes: readonly string[];
}

/** Finds the agents of one server; one implementation per kind of server. Fails with a `Failure`. */
export interface Source {
  list(signal: AbortSignal): Promise<Listing>;
  /** Reads a listing that somebody else has asked the server for. */
  read(raw: object): Listing;
}
