/** An agent as its server lists it, cleaned for display and routing. */
export interface DiscoveredAgent {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** Set if the server says that its model is of the older kind. */
  readonly modelVersion?: 'v1';
  /** Canonical capability paths, without duplicates, in a fixed order. */
  readonly capabilities: readonly string[];
  /** True if the capabilities were inferred from words because the agent declares none. */
  readonly inferred: boolean;
  readonly communities: readonly string[];
}

/** The agents of a server, and notes about unusable entries. */
export interface Listing {
  readonly agents: readonly DiscoveredAgent[];
  /** Whole sentences for the server's status, such as about unroutable ids. */
  readonly notes: readonly string[];
}

/** Finds the agents of one server. There is one implementation per kind of server. Methods fail with a `Failure`. */
export interface Source {
  list(signal: AbortSignal): Promise<Listing>;
  /** Reads a listing that a probe requested. */
  read(raw: object): Listing;
}
